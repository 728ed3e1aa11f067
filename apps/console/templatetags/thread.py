"""What a thread's templates need: words with their marks, and times as people say them."""

import re

from django import template
from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

_MARK = re.compile(r"\[(\d{1,2})\]")


@register.filter
def said(text):
    """The words of a message, escaped; each mark ``[1]`` as a chip, each line on its own."""
    words = conditional_escape(text or "").replace("\n", "<br>")
    return mark_safe(_MARK.sub(r'<span class="cite">\1</span>', words))


@register.filter
def ago(moment):
    """How long ago, short enough for a list: minutes, hours, days, then the day."""
    if moment is None:
        return ""
    minutes = int((timezone.now() - moment).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 7 * 24 * 60:
        return _("%(time)s ago") % {"time": _duration(minutes)}
    local = timezone.localtime(moment)
    return local.strftime("%-d %b" if local.year == timezone.now().year else "%-d %b %Y")


@register.filter
def lasting(since):
    """How long something lasts that began ``since``."""
    minutes = int((timezone.now() - since).total_seconds() // 60)
    return _duration(minutes) if minutes > 0 else _("less than a minute")


def _duration(minutes):
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 24 * 60:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


@register.filter
def web_link(url):
    """``url`` when a browser may follow it to the web, else ""."""
    return url if str(url or "").startswith(("https://", "http://")) else ""


@register.simple_tag
def moment(at, form="H:i"):
    """A time element with the whole moment inside."""
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        date(local, "DATETIME_FORMAT"),
        date(local, form),
    )
