"""What an exception, an HTTP answer or a network fault of a provider means for the owner."""

import json
import re

import httpx

from apps.routing import events, wire
from apps.routing.failures import EmbeddingFailed, ModelFailed

_CREDIT = re.compile(
    r"insufficient[ _]?(quota|balance|credit|funds)|exceeded your current quota|credit balance|out of credits?"
    r"|billing|arrears?|arrearage|payment required|no (credit|balance)|recharge|余额|欠费",
    re.I,
)
_CONTEXT = re.compile(
    r"context[ _]?(length|window|size)|maximum context|prompt is too long|input is too long|too many tokens"
    r"|exceeds? the (available )?context|token count.{0,40}exceeds|max(imum)? (input|prompt) (tokens|length)",
    re.I,
)
_TOO_LARGE = re.compile(r"input \(\d+ tokens\) is too large|input is too large to process", re.I)
"""What llama.cpp calls an internal error."""
_FILTER = re.compile(
    r"content[ _]?(filter|policy|management)|safety (system|policy)|data_inspection_failed", re.I
)
_KEY = re.compile(
    r"(invalid|incorrect|wrong|missing|expired)[ _]?(api|auth\w*|x-api)?[ _-]*(key|token|credential)"
    r"|api[ _]key (not valid|is invalid|expired)|api_key_invalid|authentication_error",
    re.I,
)
_MODEL = re.compile(
    r"model[ _]?not[ _]?found|model.{0,80}(does not exist|not found|not exist|is not supported|unknown)"
    r"|unknown model|no such model|invalid model",
    re.I,
)
_NO_EMBEDDINGS = re.compile(
    r"(does|do)(n.t| not) support.{0,20}embedding|embeddings?.{0,40}not (supported|enabled|available|implemented)"
    r"|--embeddings?\b|not an? embeddings? model",
    re.I,
)
_LIMIT = re.compile(r"rate[ _]?limit|too many requests|overloaded|resource_exhausted", re.I)
_TLS = re.compile(r"certificate|ssl[:_ ]|tlsv|wrong version number|record layer", re.I)

_BY_STATUS = {401: "key", 402: "credit", 403: "permission", 404: "unknown_model", 408: "down", 413: "context"}

_SECRET = re.compile(r"\b(sk|pk|key|Bearer)([-_ ])[A-Za-z0-9_\-.]{6,}|(?<=key=)[^&\s'\"]+")


def read(error, call, *, provider, model, began, secret="", failure=ModelFailed):
    """The ``failure`` that ``error`` means; ``began``: part of the answer had come already."""
    said = spoken(error, secret)
    kind = _kind(error, call, said, began)
    if failure is EmbeddingFailed and makes_none(call.status, said):
        kind = "no_embeddings"
    return failure(
        kind,
        provider=provider,
        model=model,
        said=said,
        retry_after_s=retry_after_s(call.header("retry-after")),
    )


def kind_of_answer(status, said):
    """The kind of failure that an HTTP answer of a provider means, by its status and its words."""
    if 300 <= status < 400:
        return "redirected"
    if status in (400, 402, 403, 429) and _CREDIT.search(said):
        return "credit"
    if status == 429:
        return "rate_limited"
    if status >= 500:
        return "context" if _TOO_LARGE.search(said) else "down"
    if status in (400, 404, 413, 422):
        return _kind_of_words(said) or _BY_STATUS.get(status, "refused")
    return _BY_STATUS.get(status, "refused")


def makes_none(status, said):
    """True when an answer to a request for embeddings means that this server, or this model, makes none."""
    if status in (405, 501):
        return True
    if status == 404 and not _MODEL.search(said):
        return True
    return bool(status and status >= 400 and _NO_EMBEDDINGS.search(said))


def kind_of_network(error):
    """The kind of failure that a fault below HTTP means."""
    if isinstance(error.__cause__, wire.AddressRefused):
        return "address"
    if isinstance(error, httpx.ConnectError):
        return "tls" if _TLS.search(str(error)) else "unreachable"
    if isinstance(
        error, httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol | httpx.ProxyError
    ):
        return "unreachable"
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    if isinstance(error, httpx.DecodingError):
        return "garbage"
    return "down"


def retry_after_s(value):
    """Seconds that a ``Retry-After`` header asks for; None when it holds no number."""
    return float(value) if value and re.fullmatch(r"\d{1,6}(\.\d+)?", value) else None


def spoken(error, secret=""):
    """The words of an exception, without anything that looks like a key."""
    words = getattr(error, "message", None) or str(error) or type(error).__name__
    return clean(str(words), secret)


def clean(words, secret=""):
    """Words of a provider without the key that was sent, and without anything that looks like one."""
    if secret:
        words = words.replace(secret, "…")
    return _SECRET.sub("…", words)


def _kind(error, call, said, began):
    name = type(error).__name__
    if call.error is not None:
        kind = kind_of_network(call.error)
        return "cut" if began and kind == "down" else kind
    if call.status and call.status >= 300:
        if name == "ContentPolicyViolationError":
            return "filtered"
        if name == "ContextWindowExceededError":
            return "context"
        return kind_of_answer(call.status, said)
    # The status was good: the trouble is in what was said, or in an error event amid the stream.
    if _CREDIT.search(said):
        return "credit"
    found = _kind_of_words(said)
    if found:
        return found
    if _LIMIT.search(said):
        return "rate_limited"
    if call.status is None:
        return "refused"  # LiteLLM did not send it: it lacks something or does not know the model
    return "garbage" if _is_unreadable(error) or not began else "cut"


def _kind_of_words(said):
    for pattern, kind in (
        (_CONTEXT, "context"),
        (_FILTER, "filtered"),
        (_KEY, "key"),
        (_MODEL, "unknown_model"),
    ):
        if pattern.search(said):
            return kind
    return None


def _is_unreadable(error):
    """True when what came could not be parsed, however deep below ``error`` that was noticed."""
    seen = set()
    while error is not None and id(error) not in seen:
        if (
            isinstance(error, json.JSONDecodeError | UnicodeDecodeError | events.TooLong)
            or "JSON" in type(error).__name__
        ):
            return True
        if re.search(r"expecting value|unterminated string|json", str(error)[:500], re.I):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False
