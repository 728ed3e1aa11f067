"""A logo: read, checked by decoding it, made small, and stored as a PNG of our own writing."""

import io
import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from apps.console.errors import LogoTooLarge, NotAPicture
from apps.workspaces import auditing
from apps.workspaces.access import open_to_everyone

SIDE = 256
LARGEST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def keep(agent, upload, *, by=None):
    """The agent wears this picture. Nothing of the uploaded bytes is kept. Raises LogoTooLarge, NotAPicture."""
    if upload.size > LARGEST_BYTES:
        raise LogoTooLarge(limit=LARGEST_BYTES // 1024 // 1024)
    before = agent.logo.name
    agent.logo.save(f"{secrets.token_hex(12)}.png", ContentFile(_as_png(upload)), save=False)
    agent.branded_at = agent.branded_at or timezone.now()
    agent.save(update_fields=["logo", "branded_at"])
    _forget(before)
    auditing.record(agent.workspace_id, by, "agent.logo_changed", agent, _("Changed the logo."))


def remove(agent, *, by=None):
    """The agent shows its initial again."""
    before = agent.logo.name
    agent.logo = ""
    agent.save(update_fields=["logo"])
    _forget(before)
    auditing.record(agent.workspace_id, by, "agent.logo_removed", agent, _("Removed the logo."))


@open_to_everyone("Visitors of the owner's website see the logo in the widget.")
def show(request, name):
    """The picture; its name is random and never reused, so it may be kept for ever."""
    path = f"logos/{name}"
    if not default_storage.exists(path):
        raise Http404
    response = FileResponse(default_storage.open(path), content_type="image/png")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _as_png(upload):
    try:
        picture = Image.open(upload, formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise LogoTooLarge(limit=LARGEST_BYTES // 1024 // 1024)
        picture = ImageOps.exif_transpose(picture).convert("RGBA")
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
    ) as problem:
        raise NotAPicture() from problem
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    side = max(picture.size)
    square = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    written = io.BytesIO()
    square.save(written, "PNG", optimize=True)
    return written.getvalue()


def _forget(name):
    if name:
        default_storage.delete(name)
