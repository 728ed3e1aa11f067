"""A page as a clean grey picture, for a program that recognises text. Runs in a child of its own.

What that program reads is drawn here anew, so no stranger's bytes reach it.
"""

import base64
import io
import math

import pypdfium2
from PIL import Image, ImageOps

from apps.knowledge.parsing.from_picture import opened
from apps.knowledge.parsing.trouble import Unreadable

DOTS_PER_INCH = 300
"""What recognition is trained on."""
MOST_PIXELS = 12_000_000
LONGEST_SIDE = 8_000
SMALL_SIDE = 1_200
"""A picture narrower than this was taken from a screen, whose letters are too small to recognise."""


def draw(handle, *, kind, page, name):
    """The page of this number (from 1) as PNG in base64."""
    picture = _of_pdf(handle, page, name) if kind == "pdf" else _of_picture(handle, page, name)
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return {"markdown": "", "png": base64.b64encode(out.getvalue()).decode("ascii")}


def _of_pdf(handle, number, name):
    try:
        document = pypdfium2.PdfDocument(handle)
        page = document[number - 1]
        width, height = page.get_size()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise Unreadable("file_broken", name=name) from error
    scale = DOTS_PER_INCH / 72 * _fitting(width * DOTS_PER_INCH / 72, height * DOTS_PER_INCH / 72)
    drawn = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    document.close()
    return drawn


def _of_picture(handle, number, name):
    picture = opened(handle, name)
    if number > 1:
        picture.seek(number - 1)
    if picture.format == "JPEG":
        fitting = _fitting(*picture.size)
        picture.draft("L", (int(picture.width * fitting), int(picture.height * fitting)))
    picture = ImageOps.exif_transpose(picture)
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        picture = Image.new("RGBA", layered.size, "white")
        picture.alpha_composite(layered)
    grey = picture.convert("L") if not picture.mode.startswith("I") else _grey(picture)
    fitting = _fitting(*grey.size)
    if fitting == 1 and min(grey.size) < SMALL_SIDE:
        fitting = min(3, _room(*grey.size), max(1, 2 * SMALL_SIDE / max(1, min(grey.size))))
    if fitting == 1:
        return grey
    size = (max(1, round(grey.width * fitting)), max(1, round(grey.height * fitting)))
    return grey.resize(size, Image.Resampling.LANCZOS)


def _grey(picture):
    """Sixteen bits of grey as eight."""
    return picture.point(lambda value: value / 256).convert("L")


def _fitting(width, height):
    """By how much a picture of this size must shrink; 1 when it need not."""
    return min(1, _room(width, height))


def _room(width, height):
    most = math.sqrt(MOST_PIXELS / max(1, width * height))
    return min(most, LONGEST_SIDE / max(1, width, height))
