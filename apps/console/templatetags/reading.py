"""A document as people read it: its Markdown drawn, with nothing in it that could act on the console's page."""

import re

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML

register = template.Library()


class _Plain(RendererHTML):
    """The policy allows no styles within the page, and a column's alignment would be one."""

    def renderToken(self, tokens, at, options, env):
        tokens[at].attrs.pop("style", None)
        return super().renderToken(tokens, at, options, env)


class _Quiet(_Plain):
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


class _Open(_Plain):
    """To be typed into: each block says which lines of the Markdown it stands for, a picture keeps its own."""

    def fence(self, tokens, at, options, env):
        lines = tokens[at].attrGet("data-lines") or ""
        return format_html('<pre data-lines="{}"><code>{}</code></pre>\n', lines, tokens[at].content)

    code_block = fence

    def image(self, tokens, at, options, env):
        words = self.renderInlineAsText(tokens[at].children, options, env)
        source = f"![{words}]({tokens[at].attrGet('src')})"
        return format_html(
            '<span contenteditable="false" data-source="{}">{}</span>', source, words or source
        )

    def table_open(self, tokens, at, options, env):
        tokens[at].attrSet("class", "table")
        return self.renderToken(tokens, at, options, env)


_AWAY = re.compile(r"^https?://", re.IGNORECASE)


def _markdown(renderer):
    made = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=renderer).enable("table")
    made.validateLink = lambda url: bool(_AWAY.match(url))
    return made


_drawing, _opening = _markdown(_Quiet), _markdown(_Open)


def parsed(text):
    """The tokens of Markdown, as ``drawn`` reads it."""
    return _drawing.parse(text)


@register.filter
def drawn(text):
    """Markdown as HTML; HTML in it is shown as it stands, and only links to the web are links."""
    return mark_safe(_drawing.render(text))


@register.filter
def opened(text):
    """Markdown as HTML that ``correct.js`` makes Markdown of again; as safe as ``drawn``."""
    env: dict = {}
    tokens = _opening.parse(text, env)
    for token in tokens:
        if token.level == 0 and token.nesting >= 0 and token.map:
            token.attrSet("data-lines", f"{token.map[0]}-{token.map[1]}")
    return mark_safe(_opening.renderer.render(tokens, _opening.options, env))
