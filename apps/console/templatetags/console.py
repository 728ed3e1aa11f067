"""What the console's templates need: icons, faces, and what stands in the frame."""

import re

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join

from apps.console import framing
from apps.knowledge.errors import lies_in_the_file
from apps.knowledge.models import SourceKind

register = template.Library()

MIRRORED = frozenset({"arrow", "back", "forward", "undo", "leave", "out"})
"""Drawings that point along the line of reading."""

MARK = re.compile(r"\[(\d{1,3})\]")
"""A citation in an answer."""


@register.simple_tag
def icon(name, size=20):
    """One of our drawings, hidden from screen readers: words stand beside it."""
    classes = "icon" + (" icon-16" if size == 16 else "") + (" icon-mirrored" if name in MIRRORED else "")
    return format_html(
        '<svg class="{}" width="{}" height="{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        classes,
        size,
        size,
        static("console/icons.svg"),
        name,
    )


@register.filter
def offered(source):
    """How many answers from past conversations wait in the source; 0 for sources of other kinds."""
    return source.changes.waiting().count() if source.kind == SourceKind.CONVERSATIONS else 0


@register.filter
def may_try_again(source):
    """True where reading the source once more may end differently; a file that cannot be read has to be mended first."""
    code = (source.problem or {}).get("code", "")
    return source.kind != SourceKind.API and not (source.kind == SourceKind.FILE and lies_in_the_file(code))


@register.simple_tag
def face(who, size=""):
    """An agent's logo, or the initials of whoever it is; hidden from screen readers, the name stands beside it."""
    classes = f"face face-{size}" if size else "face"
    logo = getattr(who, "logo", None)
    if logo:
        return format_html(
            '<span class="{}" aria-hidden="true"><img src="{}" alt=""></span>', classes, logo.url
        )
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, framing.initials(str(who)))


@register.filter
def cited(text):
    """An answer's text with its paragraphs, and its marks as chips."""
    lines = ((_with_chips(line),) for line in text.split("\n") if line.strip())
    return format_html_join("", "<p>{}</p>", lines)


def _with_chips(line):
    parts = (
        (format_html('<span class="cite">{}</span>', part) if at % 2 else part,)
        for at, part in enumerate(MARK.split(line))
    )
    return format_html_join("", "{}", parts)


@register.simple_tag(takes_context=True)
def frame(context):
    """What the frame around a page shows: places, the agent, who waits. None when nobody is signed in."""
    request = context.get("request")
    if request is None or getattr(request, "member", None) is None:
        return None
    return framing.frame_of(request, place=context.get("place", ""), agent=context.get("agent"))
