"""Pictures of text, which are pages to be recognised. Runs in the child."""

from PIL import Image

from apps.knowledge.parsing.trouble import Unreadable

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP")
MOST_PIXELS = 120_000_000
"""A page of A2 at 600 dots an inch."""
MOST_FRAMES = 500

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def read_picture(handle, *, name):
    """No words yet: every frame is a page that must be recognised."""
    picture = opened(handle, name)
    frames = min(getattr(picture, "n_frames", 1), MOST_FRAMES) if picture.format == "TIFF" else 1
    pages = list(range(1, frames + 1))
    return {
        "title": "",
        "markdown": "",
        "pages": frames,
        "lost_pages": frames,
        "scanned": pages,
        "texts": [""] * frames,
    }


def opened(handle, name):
    """The picture, not yet decoded. Raises Unreadable."""
    try:
        picture = Image.open(handle, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise Unreadable("too_much_memory", name=name) from error
    except (OSError, ValueError, SyntaxError, TypeError) as error:
        raise Unreadable("file_broken", name=name) from error
    if picture.width * picture.height > MOST_PIXELS:
        raise Unreadable("too_much_memory", name=name)
    return picture
