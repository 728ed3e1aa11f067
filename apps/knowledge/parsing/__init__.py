"""From a stranger's file to Markdown, in a child process that may die without harm.

``isolation`` is the door; everything else here runs in the child, which imports neither Django nor
``berrydesk``.
"""
