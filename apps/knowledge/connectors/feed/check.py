"""Is what the owner typed the address of a feed?"""

from urllib.parse import urlsplit

from apps.knowledge.connectors.website import check as website_check


def cleaned(config):
    """``{url}`` and a name. Raises InvalidConfig, field by field."""
    kept, _name = website_check.cleaned({"url": config.get("url"), "mode": "page"})
    parts = urlsplit(kept["url"])
    return {"url": kept["url"]}, f"{parts.netloc.removeprefix('www.')}{parts.path}"[:200]
