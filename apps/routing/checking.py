"""Is a provider set up? A live call answers, and what is wrong is said in words."""

import asyncio
import json
import logging
from dataclasses import dataclass

import httpx

from apps.routing import catalogue, gateway, reading_errors, wire
from apps.routing.failures import ModelFailed
from apps.routing.gateway import ModelChoice

log = logging.getLogger(__name__)

LISTING_S = 8.0
ASKING = gateway.Limits(first_token_s=15.0, gap_s=8.0, total_s=15.0)
"""A check may wait longer than a visitor: a model server of one's own may load the model first."""

LONGEST_LIST = 2_000_000
MOST_MODELS = 500

QUESTION = [{"role": "user", "content": "Reply with the word OK."}]

_TALKS = frozenset({"empty", "slow", "timeout", "filtered", "bad_arguments"})
"""Failures of the one short answer that still prove key, credit and address."""


@dataclass(frozen=True)
class Checked:
    """What a check found: ``problem`` is a ModelFailed or None; ``models`` are names the provider listed."""

    ok: bool
    problem: ModelFailed | None = None
    models: tuple[str, ...] = ()


def check(connection):
    """Ask the provider of ``connection`` (saved or not) with a live call. Never raises for what it answers.

    First its list of models, where it has one: that proves address and key. Then an answer of a few tokens:
    that proves credit and permission. Takes seconds; hold no transaction meanwhile.
    """
    # A loop of its own, never the server's: the sockets that are closed at the end must be nobody else's.
    return asyncio.run(_check(choice_of(connection), tuple(connection.model_names or ())))


def choice_of(connection, model=""):
    """The connection's key and address, and one of its models, as the gateway takes them."""
    return ModelChoice(
        provider=connection.service,
        model=model,
        api_key=connection.secrets.get("api_key", ""),
        base_url=connection.base_url,
        connection_id=connection.pk,
    )


async def _check(choice, wanted):
    try:
        listed = await _listed(choice)
        model = _model_to_ask(choice, wanted, listed)
        if not model:
            return Checked(False, ModelFailed("nothing_listed", provider=gateway.provider_name(choice)))
        await _ask(choice, model)
        return Checked(True, None, listed)
    except ModelFailed as problem:
        return Checked(False, problem)
    finally:
        await wire.transport.leave_loop()


async def _ask(choice, model):
    asked = ModelChoice(choice.provider, model, choice.api_key, choice.base_url, choice.connection_id)
    try:
        await gateway.complete(asked, QUESTION, max_tokens=16, limits=ASKING)
    except ModelFailed as failure:
        # Sixteen tokens may all go into thinking, and a cold server may be slow: it is set up nevertheless.
        if failure.kind == "timeout" and choice.provider == catalogue.CUSTOM:
            raise
        if failure.kind not in _TALKS:
            raise


def _model_to_ask(choice, wanted, listed):
    default = catalogue.default_model(choice.provider)
    if wanted:
        return wanted[0]
    if default and (not listed or default in listed):
        return default
    known = [m.model for m in catalogue.models(choice.provider) if m.model in listed]
    return (known or list(listed) or [default])[0]


async def _listed(choice):
    """Names of the models that the provider lists; empty where it has no list. Raises ModelFailed."""
    known = catalogue.provider(choice.provider)
    base = (choice.base_url or known.base_url).rstrip("/")
    if not known.listing or not base:
        return ()
    url, headers = _list_request(known.listing, base, choice.api_key)
    timeout = httpx.Timeout(LISTING_S, connect=5.0)
    wire.watch(private=choice.provider == catalogue.CUSTOM)
    try:
        async with (
            httpx.AsyncClient(transport=wire.transport, timeout=timeout, follow_redirects=False) as client,
            asyncio.timeout(LISTING_S),
        ):
            body = b""
            async with client.stream("GET", url, headers=headers) as response:
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > LONGEST_LIST:
                        break
    except (httpx.HTTPError, TimeoutError, httpx.InvalidURL) as error:
        kind = "unreachable" if isinstance(error, TimeoutError) else reading_errors.kind_of_network(error)
        raise _failed(choice, kind, reading_errors.spoken(error, choice.api_key)) from error
    return _names(choice, response, body)


def _list_request(listing, base, key):
    if listing == "anthropic":
        root = base if base.endswith("/v1") else f"{base}/v1"
        return f"{root}/models?limit=1000", {"x-api-key": key, "anthropic-version": "2023-06-01"}
    if listing == "gemini":
        return f"{base}/models?pageSize=1000", {"x-goog-api-key": key}
    return f"{base}/models", {"authorization": f"Bearer {key}"} if key else {}


def _names(choice, response, body):
    words = body[:2000].decode("utf-8", "replace")
    status = response.status_code
    if status in (404, 405, 501):
        return ()  # no list here: the short answer decides
    if status >= 300:
        kind = reading_errors.kind_of_answer(status, words)
        raise _failed(
            choice,
            "permission" if kind == "unknown_model" else kind,
            reading_errors.clean(words, choice.api_key),
        )
    try:
        found = json.loads(body[:LONGEST_LIST])
        rows = found if isinstance(found, list) else found.get("data") or found.get("models") or []
        names = [str(row.get("id") or row.get("name") or "").removeprefix("models/") for row in rows]
    except (ValueError, AttributeError, TypeError):
        raise _failed(choice, "not_a_model_server", reading_errors.clean(words, choice.api_key)) from None
    return tuple(name for name in names if name)[:MOST_MODELS]


def _failed(choice, kind, said):
    return ModelFailed(kind, provider=gateway.provider_name(choice), said=said)
