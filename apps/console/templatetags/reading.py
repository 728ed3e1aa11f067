"""A document as people read it: its Markdown drawn, with nothing in it that could act on the console's page."""

import re

from django import template
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML

register = template.Library()


class _Quiet(RendererHTML):
    """Headings are no headings of our page, pictures are their words, and what a link opens knows nothing of us."""

    def heading_open(self, tokens, at, options, env):
        return f'<p class="document-heading document-{tokens[at].tag}">'

    def heading_close(self, tokens, at, options, env):
        return "</p>\n"

    def image(self, tokens, at, options, env):
        return self.renderInlineAsText(tokens[at].children, options, env)

    def link_open(self, tokens, at, options, env):
        tokens[at].attrSet("rel", "noopener noreferrer nofollow")
        tokens[at].attrSet("target", "_blank")
        return self.renderToken(tokens, at, options, env)

    def table_open(self, tokens, at, options, env):
        return '<div class="table-scroll" tabindex="0"><table class="table">\n'

    def table_close(self, tokens, at, options, env):
        return "</table></div>\n"


_drawing = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_Quiet).enable("table")
_AWAY = re.compile(r"^https?://", re.IGNORECASE)
_drawing.validateLink = lambda url: bool(_AWAY.match(url))


@register.filter
def drawn(text):
    """Markdown as HTML; HTML in it is shown as it stands, and only links to the web are links."""
    return mark_safe(_drawing.render(text))
