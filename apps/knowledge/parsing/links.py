"""Where a link leads. Runs in the child."""

import re
from urllib.parse import urljoin


def join(base, href):
    """The absolute address of a link to a page, or None for everything else that links may be."""
    href = re.sub(r"[\t\r\n]", "", href).strip()
    if not href or href.startswith("#") or re.match(r"(?i)(?!https?:)[a-z][a-z0-9+.\-]*:", href):
        return None
    try:
        joined = urljoin(base, href)
    except ValueError:
        return None
    return joined if re.match(r"(?i)https?://[^/?#]", joined) else None
