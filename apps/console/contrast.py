"""Is text on the owner's colour readable? WCAG 2 contrast, said in words. The widget computes the same."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

ENOUGH = 4.5
"""WCAG 2.2, 1.4.3: the contrast of text with its ground, level AA."""

DARK_GROUND = "#1b191a"
"""The panel's ground in the dark, as in static/widget/color.js."""


@dataclass(frozen=True)
class Said:
    """One sentence about the colour."""

    words: str
    is_good: bool = True


def _luminance(color):
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one, other):
    """1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def text_on(color):
    """White or near-black, whichever reads better on ``color``."""
    return "#ffffff" if ratio(color, "#ffffff") >= ratio(color, "#111111") else "#111111"


def said(color):
    """What an owner should know about ``color`` (#rrggbb), as sentences."""
    text = text_on(color)
    found = round(ratio(color, text), 1)
    told = [
        Said(
            (_("White") if text == "#ffffff" else _("Black"))
            + " "
            + _("text on this colour is easy to read: {ratio} to 1, where 4.5 is enough.").format(
                ratio=f"{found:g}"
            )
        )
    ]
    if ratio(color, "#ffffff") < ENOUGH:
        told.append(Said(_("On light pages, links take a darker shade so that they stay readable.")))
    if ratio(color, DARK_GROUND) < ENOUGH:
        told.append(Said(_("On dark pages, links take a lighter shade so that they stay readable.")))
    return told
