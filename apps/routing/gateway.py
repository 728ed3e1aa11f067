"""The one way to a model, and the only module that imports LiteLLM.

LiteLLM costs 170 MB and three seconds to import: it comes with the first call, or with ``warm``.
"""

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache

from apps.routing import catalogue, embedding_models, events, families, reading_errors, vectors, wire
from apps.routing.assembling import Answer, Chunk, TextDelta, ToolCall, Usage, model_name, provider_name
from apps.routing.failures import EmbeddingFailed, ModelFailed
from apps.routing.pacing import Limits, Pace
from berrydesk.settling import settle

__all__ = [
    "EmbeddingFailed",
    "Limits",
    "ModelChoice",
    "ModelFailed",
    "TextDelta",
    "ToolCall",
    "Usage",
    "complete",
    "complete_now",
    "embed",
    "model_name",
    "provider_name",
    "stream",
    "warm",
]

log = logging.getLogger(__name__)

NO_KEY = "none"
"""Sent where the owner gave no key: an empty one would make LiteLLM take the operator's from the environment."""

_OFFLINE = (
    "LITELLM_LOCAL_MODEL_COST_MAP",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS",
    "LITELLM_LOCAL_BLOG_POSTS",
    "LITELLM_LOCAL_POLICY_TEMPLATES",
    "LITELLM_LOCAL_AUTOROUTER_PRESETS",
)
"""Each keeps LiteLLM from fetching a list of its own from the network."""


@dataclass(frozen=True)
class ModelChoice:
    """One model behind one connection, with all a call needs. ``provider``: LiteLLM's name, or ``custom``."""

    provider: str
    model: str
    api_key: str = field(default="", repr=False)
    base_url: str = ""
    connection_id: object = None

    @property
    def name(self):
        """How traces and the API call it: ``provider/model``."""
        return f"{self.provider}/{self.model}"


async def stream(
    choice, messages, *, tools=None, max_tokens=800, limits=None, steady=False
) -> AsyncIterator[Chunk]:
    """The answer of a model, piece by piece; at its end the tool calls, then one ``Usage``.

    ``steady``: the likeliest words are wanted, the same each time, as far as the model can.
    Raises ModelFailed whatever goes wrong, within ``limits``. Never tries again. Leaving the loop, or being
    cancelled, ends the request to the provider.
    """
    pace = Pace(limits or Limits())
    pieces = asyncio.Queue(maxsize=64)
    pump = asyncio.create_task(_pump(choice, messages, tools, (max_tokens, steady), pieces))
    try:
        while True:
            try:
                async with asyncio.timeout(pace.patience_s()):
                    piece = await pieces.get()
            except TimeoutError:
                kind = pace.reason()
                raise ModelFailed(kind, provider=provider_name(choice), model=model_name(choice)) from None
            if isinstance(piece, ModelFailed):
                raise piece
            if piece is None:
                return
            if isinstance(piece, int):
                pace.received(piece)
                continue
            if isinstance(piece, TextDelta):
                pace.spoke(len(piece.text))
            yield piece
    finally:
        pump.cancel()
        await asyncio.wait({pump}, timeout=1)


async def complete(choice, messages, *, max_tokens=200, limits=None, steady=False):
    """The whole text of a short answer and its ``Usage``. Raises ModelFailed."""
    text, usage = "", Usage(None, None, None)
    chunks = stream(choice, messages, max_tokens=max_tokens, limits=limits, steady=steady)
    async with contextlib.aclosing(chunks):
        async for chunk in chunks:
            if isinstance(chunk, TextDelta):
                text += chunk.text
            elif isinstance(chunk, Usage):
                usage = chunk
    return text, usage


async def embed(choice, texts, *, asks=False, limit_s=30.0):
    """One vector of unit length for each text, (n, dimensions) float32, and the ``Usage``. Raises EmbeddingFailed.

    ``asks``: the texts are questions, which some models embed otherwise than passages. Never tries again.
    """
    loaded = _imported() if _imported.cache_info().currsize else await asyncio.to_thread(_litellm)
    call = wire.watch(private=choice.provider == catalogue.CUSTOM)
    names = {"provider": provider_name(choice), "model": choice.model}
    try:
        async with asyncio.timeout(limit_s):
            answer = await loaded[0].aembedding(**_embedding_request(loaded[1], choice, texts, asks, limit_s))
        if not call.responses:  # never accept what went around our rules for keys and redirects
            raise EmbeddingFailed("refused", **names)
        found = vectors.read(answer, len(texts))
        tokens = vectors.tokens(answer) if call.counted else None
        return found, Usage(tokens, None if tokens is None else 0, vectors.cost(choice, tokens))
    except ModelFailed:
        raise
    except vectors.Unreadable as unreadable:
        raise EmbeddingFailed(unreadable.kind, **names) from None
    except TimeoutError:
        raise EmbeddingFailed("timeout", **names) from None
    except Exception as error:
        log.info("%s failed: %s", choice.name, reading_errors.spoken(error, choice.api_key)[:300])
        given = {"began": False, "secret": choice.api_key, "failure": EmbeddingFailed}
        raise reading_errors.read(error, call, **names, **given) from None
    finally:
        await call.close()


def complete_now(choice, messages, **how):
    """``complete`` for code without an event loop, such as a worker's: what it opened is closed. Raises ModelFailed.

    The clock starts when LiteLLM is there: nobody waits for words in a worker.
    """
    _litellm()

    async def once():
        try:
            return await complete(choice, messages, **how)
        finally:
            await wire.transport.leave_loop()

    return asyncio.run(once())


def warm():
    """Import LiteLLM in a thread of its own, so that the first answer need not wait for it."""
    threading.Thread(target=_litellm, name="warm-litellm", daemon=True).start()


def warm_now():
    """LiteLLM is imported afterwards."""
    _litellm()


_importing = threading.Lock()


def _litellm():
    """Called in a thread without an event loop. LiteLLM, set to say nothing to anybody but the provider that is called."""
    with _importing:
        return _imported()


@cache
def _imported():
    for name in _OFFLINE:
        os.environ[name] = "True"
    began = time.monotonic()
    import litellm
    import openai.resources  # noqa: F401  # half a second that would otherwise come with the first answer

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.drop_params = True  # a parameter that a model lacks is left out instead of refused
    litellm.disable_streaming_logging = True
    litellm.disable_aiohttp_transport = True
    litellm.num_retries = 0
    litellm.DEFAULT_MAX_RETRIES = 0  # what its embeddings make of a 0 that is given to them
    litellm.disable_hf_tokenizer_download = True
    logging.getLogger("LiteLLM").setLevel(
        logging.CRITICAL
    )  # its complaints come as exceptions, and hold prompts
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

    litellm.aclient_session = _http_client()
    asyncio.run(_first_call(litellm))
    settle()
    log.info("LiteLLM imported in %.1f s", time.monotonic() - began)
    return litellm, AsyncHTTPHandler(transport=wire.transport, follow_redirects=False, timeout=_timeout())


async def _first_call(litellm):
    """Some of LiteLLM's imports come only with a first call: this one never leaves the process."""
    chunks = await litellm.acompletion(
        model="openai/none",
        messages=[{"role": "user", "content": "?"}],
        mock_response="!",
        api_key=NO_KEY,
        stream=True,
    )
    async for _chunk in chunks:
        pass


def _http_client():
    import httpx

    return httpx.AsyncClient(
        transport=wire.transport, follow_redirects=False, timeout=_timeout(), trust_env=False
    )


def _timeout():
    """Long enough for any answer: the pace decides, this only ends what it cannot see."""
    import httpx

    return httpx.Timeout(60.0, connect=5.0)


async def _pump(choice, messages, tools, how, pieces):
    """Read the provider's answer into ``pieces``; last comes None, or the ModelFailed that it came to."""
    call = wire.watch(private=choice.provider == catalogue.CUSTOM)
    answer = Answer(choice, tools)
    try:
        litellm, handler = (
            _imported() if _imported.cache_info().currsize else await asyncio.to_thread(_litellm)
        )
        chunks = await litellm.acompletion(**_request(handler, choice, messages, tools, *how))
        async with contextlib.aclosing(events.lists(chunks)) as lists:
            async for some in lists:
                for piece in answer.take(some):
                    await pieces.put(piece)
        for piece in answer.finish(call):
            await pieces.put(piece)
        await pieces.put(None)
    except ModelFailed as failure:
        await pieces.put(failure)
    except Exception as error:
        log.info("%s failed: %s", choice.name, reading_errors.spoken(error, choice.api_key)[:300])
        began = answer.began
        names = {"provider": provider_name(choice), "model": model_name(choice), "secret": choice.api_key}
        await pieces.put(reading_errors.read(error, call, began=began, **names))
    finally:
        await call.close()


def _request(handler, choice, messages, tools, max_tokens, steady):
    known = catalogue.provider(choice.provider)
    provider = known.litellm_name
    request = {
        "model": f"{provider}/{choice.model}",
        "messages": messages,
        "api_key": choice.api_key or NO_KEY,
        "max_tokens": max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_retries": 0,
        "num_retries": 0,
        "timeout": _timeout(),
        **(catalogue.steady_setting(choice.provider) if steady else {}),
    }
    base_url = choice.base_url or known.base_url
    if base_url:
        request["api_base"] = base_url
    if tools:
        request["tools"] = tools
    if provider == "anthropic":  # others keep what a request begins with in their cache without being told
        request["cache_control_injection_points"] = [{"location": "message", "role": "system"}]
    request.update(catalogue.thinking_setting(choice.provider, choice.model, max_tokens))
    if provider in families.BY_HTTP:
        request["client"] = handler
    return request


def _embedding_request(handler, choice, texts, asks, limit_s):
    known = catalogue.provider(choice.provider)
    litellm_name, beside = families.EMBED_AS_OPENAI.get(choice.provider, (known.litellm_name, ""))
    request = {
        "model": f"{litellm_name}/{choice.model}",
        "input": embedding_models.as_sent(choice.provider, choice.model, texts, asks=asks),
        "api_key": choice.api_key or NO_KEY,
        "encoding_format": "float",
        "max_retries": 0,
        "num_retries": 0,
        "timeout": limit_s,
        **embedding_models.settings(choice.provider, asks=asks),
    }
    base_url = choice.base_url or known.base_url
    if base_url:
        request["api_base"] = base_url.rstrip("/") + beside
    if choice.provider in families.EMBED_BY_HTTP:
        request["client"] = handler
    return request
