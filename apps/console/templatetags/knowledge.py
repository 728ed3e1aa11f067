"""What the pages of the knowledge need: a finding's words with those that matter marked."""

from django import template
from django.utils.html import format_html, format_html_join

register = template.Library()


@register.filter
def marked(place):
    """The paragraph of a place, escaped, its differing words in ``mark`` elements."""
    pieces, at = [], 0
    for start, end in sorted((int(a), int(b)) for a, b in place.marks):
        if start < at or end > len(place.text):
            continue
        pieces.append(format_html("{}", place.text[at:start]))
        pieces.append(format_html("<mark>{}</mark>", place.text[start:end]))
        at = end
    pieces.append(format_html("{}", place.text[at:]))
    return format_html("<p>{}</p>", format_html_join("", "{}", ((piece,) for piece in pieces)))
