"""Where uploaded files lie: a folder of the home, another folder, or a bucket that several machines share."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_WORDS = (
    "STORAGE_URL is not understood: {url}. Write file:///folder, or "
    "s3://KEY:SECRET@s3.example.com/bucket?region=eu-central-1 (http=1 for a server without TLS)."
)


def storage_of(url, home):
    """Django's ``STORAGES`` entry for ``STORAGE_URL``; without one a folder of the home.

    Raises ImproperlyConfigured, in words.
    """
    if not url:
        return _folder(Path(home) / "files")
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path.strip("/"):
        return _folder(Path(unquote(parts.path)))
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not parts.hostname or not bucket or "/" in bucket:
        raise ImproperlyConfigured(_WORDS.format(url=parts._replace(netloc=parts.hostname or "").geturl()))
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    port = f":{parts.port}" if parts.port else ""
    options = {
        "bucket_name": bucket,
        "access_key": unquote(parts.username or "") or None,
        "secret_key": unquote(parts.password or "") or None,
        "endpoint_url": f"{'http' if asked.get('http') else 'https'}://{parts.hostname}{port}",
        "region_name": asked.get("region", "us-east-1"),
        "addressing_style": "path",
        "file_overwrite": False,
        "default_acl": None,
        "querystring_auth": True,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def _folder(path):
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(path)}}
