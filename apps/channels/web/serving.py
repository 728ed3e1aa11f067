"""The loader and its modules: one fingerprint for the whole folder, cached for ever under it."""

import functools
import gzip
import hashlib
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse

from apps.workspaces.access import open_to_everyone

TYPES = {".js": "text/javascript; charset=utf-8", ".json": "application/json; charset=utf-8"}
FOR_EVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=300"


@functools.cache
def _files():
    """{path within the folder: bytes} of everything served."""
    folder = Path(settings.BASE_DIR) / "static" / "widget"
    found = sorted(path for path in folder.rglob("*") if path.suffix in TYPES)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@functools.cache
def fingerprint():
    """Changes whenever any file of the widget changes."""
    whole = hashlib.sha256()
    for name, content in _files().items():
        whole.update(name.encode() + b"\0" + content + b"\0")
    return whole.hexdigest()[:16]


@functools.cache
def modules():
    """The panel and every module that it is made of, the panel first."""
    parts = (name for name in _files() if name.endswith(".js") and name not in ("loader.js", "panel.js"))
    return ["panel.js", *parts]


@functools.cache
def _packed(name):
    content = _files()[name]
    if name == "loader.js":
        content = content.replace(b"__FINGERPRINT__", fingerprint().encode())
        content = content.replace(b"__MODULES__", " ".join(modules()).encode())
    return content, gzip.compress(content, 9, mtime=0)


@open_to_everyone("The widget's code, the same for every page that carries the snippet.")
def loader(request):
    """``/widget.js``: the loader, knowing where its modules lie."""
    return _serve(request, "loader.js", BRIEFLY)


@open_to_everyone("The widget's code, the same for every page that carries the snippet.")
def module(request, stamp, name):
    """A module; under an outdated fingerprint the present one is given, briefly."""
    if name not in _files():
        raise Http404
    return _serve(request, name, FOR_EVER if stamp == fingerprint() else BRIEFLY)


def _serve(request, name, caching):
    plain, packed = _packed(name)
    wants_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(packed if wants_packed else plain, content_type=TYPES[Path(name).suffix])
    if wants_packed:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = caching
    response["X-Content-Type-Options"] = "nosniff"
    return response
