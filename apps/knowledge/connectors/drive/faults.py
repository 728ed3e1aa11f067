"""What an error of Google means: wait and try again, or never. Bodies may be broken JSON, or of either style."""

import json
from dataclasses import dataclass

LIMITS = {"userRateLimitExceeded", "rateLimitExceeded", "RATE_LIMIT_EXCEEDED", "quotaExceeded"}
DAILY = {"dailyLimitExceeded", "dailyLimitExceededUnreg"}
SWITCHED_OFF = {"accessNotConfigured", "SERVICE_DISABLED"}
NO_SCOPE = {"insufficientPermissions", "insufficientScopes", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
NO_DOWNLOAD = {
    *("cannotDownloadFile", "cannotExportFile", "cannotDownloadAbusiveFile", "fileNotDownloadable"),
    *("insufficientFilePermissions", "fileNotExportable", "appNotAuthorizedToFile"),
}
DAY_S = 3600
"""When a day's allowance is used up, it is asked for again every hour."""


@dataclass(frozen=True)
class Fault:
    """``kind``: wait, fails, signed_out, switched_off, no_scope, missing, dead_token, too_large, no_download,
    or refused. Only the first two are worth another try by themselves; ``for_s`` is how long Google wants to
    be left alone, None where it does not say.
    """

    kind: str
    reason: str = ""
    message: str = ""
    for_s: float | None = None

    @property
    def is_passing(self):
        return self.kind in ("wait", "fails")


def of(status, body=b"", retry_after=None):
    """The ``Fault`` of an answer."""
    error = _error(body)
    reasons, place = _reasons(error)
    message = str(error.get("message") or "")[:300]
    reason = next(iter(reasons), "")
    seconds = _seconds(retry_after)
    kind = _kind(status, set(reasons), str(error.get("status", "")), place)
    if kind == "wait" and set(reasons) & DAILY and seconds is None:
        seconds = DAY_S
    return Fault(kind, reason, message, seconds)


def _kind(status, reasons, word, place):
    if status == 429 or reasons & (LIMITS | DAILY) or word == "RESOURCE_EXHAUSTED":
        return "wait"
    if status >= 500 or status == 408:
        return "fails"
    if status == 401:
        return "signed_out"
    if "exportSizeLimitExceeded" in reasons:
        return "too_large"
    if status == 410 or (status == 400 and place == "pageToken"):
        return "dead_token"
    if status == 404:
        return "missing"
    for kind, known in (("switched_off", SWITCHED_OFF), ("no_scope", NO_SCOPE), ("no_download", NO_DOWNLOAD)):
        if reasons & known:
            return kind
    return "refused"


def _error(body):
    """The ``error`` object of a body, or an empty one for whatever else it holds."""
    try:
        found = json.loads(body)
    except ValueError:  # UnicodeDecodeError among them
        return {}
    if isinstance(found, list):
        found = found[0] if found else {}
    error = found.get("error") if isinstance(found, dict) else None
    return error if isinstance(error, dict) else {}


def _reasons(error):
    """The reason words of either style, the first that is named first; and the parameter they speak of."""
    rows = [row for key in ("errors", "details") for row in _rows(error.get(key))]
    reasons = [row["reason"] for row in rows if isinstance(row.get("reason"), str)]
    place = next((row["location"] for row in rows if row.get("locationType") == "parameter"), "")
    return list(dict.fromkeys(reasons)), place


def _rows(found):
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _seconds(text):
    """Retry-After in seconds; None for nothing or for nonsense."""
    try:
        return max(0.0, float(text))
    except (TypeError, ValueError):
        return None
