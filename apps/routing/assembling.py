"""A streamed answer put together: words at once, tool calls and what was counted at its end."""

import json
import uuid
from dataclasses import dataclass
from decimal import Decimal

from apps.routing import catalogue, prices
from apps.routing.failures import ModelFailed
from apps.routing.thinking import WithoutThinking, words_in
from berrydesk.text.storable import storable


@dataclass(frozen=True)
class TextDelta:
    """The next words of the answer."""

    text: str


@dataclass(frozen=True)
class ToolCall:
    """A whole call of a tool that was offered; ``arguments`` is the text of a JSON object."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Usage:
    """What the provider counted, None where it did not say; ``cost`` in US dollars, None when a price is unknown."""

    prompt_tokens: int | None
    completion_tokens: int | None
    cost: Decimal | None


def sum_of(usages):
    """What several requests came to; unknown where that of one is."""
    counts = zip(*((one.prompt_tokens, one.completion_tokens, one.cost) for one in usages), strict=True)
    return Usage(*(None if None in count else sum(count) for count in counts)) if usages else None


Chunk = TextDelta | ToolCall | Usage


def provider_name(choice):
    return catalogue.provider(choice.provider).name


def model_name(choice):
    return catalogue.human_name(choice.provider, choice.model)


class Answer:
    """Puts together what comes in pieces: words at once, tool calls and usage at the end."""

    def __init__(self, choice, tools):
        self._choice = choice
        self._offered = {tool["function"]["name"] for tool in tools or ()}
        self._words = WithoutThinking()
        self._calls = {}
        self._usage = None
        self._finish = None
        self._spoke = False
        self.began = False

    def take(self, chunks):
        """The pieces ready after ``chunks``, which came together and so do their words.

        Words, or the number of characters that came unseen.
        """
        words = ""
        for chunk in chunks:
            for piece in self._take(chunk):
                if isinstance(piece, TextDelta):
                    words += piece.text
                else:
                    yield piece
        if words:
            yield TextDelta(words)

    def _take(self, chunk):
        if getattr(chunk, "usage", None):
            self._usage = chunk.usage
        for each in (chunk.choices or ())[:1]:
            self._finish = each.finish_reason or self._finish
            delta = each.delta
            if not delta:
                continue
            for part in delta.tool_calls or ():
                yield self._add(part)
            if said := words_in(delta.content):
                self.began = True
                words = self._words.hear(storable(said))
                if words:
                    self._spoke = True
                    yield TextDelta(words)

    def finish(self, call):
        """The pieces of the end. Raises ModelFailed when the whole is no answer."""
        if not call.responses:  # never accept what went around our rules for keys and redirects
            raise self._failed("refused")
        if self._finish == "content_filter":
            raise self._failed("filtered")
        if call.streams and not call.ended and catalogue.speaks_known_format(self._choice.provider):
            raise self._failed("cut" if self.began or self._calls else "garbage")
        rest = self._words.rest()
        if rest:
            self._spoke = True
            yield TextDelta(rest)
        if not self._spoke and not self._calls:
            raise self._failed("empty" if call.streams else "garbage")
        for index in sorted(self._calls):
            yield self._whole(self._calls[index])
        yield self._used(call)

    def _add(self, part):
        self.began = True
        known = self._calls.setdefault(self._place_of(part), {"id": "", "name": "", "arguments": ""})
        known["id"] = part.id or known["id"]
        known["name"] = (part.function.name if part.function else None) or known["name"]
        arguments = (part.function.arguments if part.function else None) or ""
        known["arguments"] += arguments if isinstance(arguments, str) else json.dumps(arguments)
        return len(arguments)

    def _place_of(self, part):
        """The number of the call that ``part`` belongs to; of parts without one, an id or a name begins the next."""
        if part.index is not None:
            return part.index
        begins = part.id or (part.function and part.function.name)
        return max(self._calls, default=-1) + 1 if begins or not self._calls else next(reversed(self._calls))

    def _whole(self, call):
        if call["name"] not in self._offered:
            raise self._failed("unknown_tool")
        arguments = call["arguments"].strip() or "{}"
        try:
            is_object = isinstance(json.loads(arguments), dict)
        except ValueError:
            is_object = False
        if not is_object:
            raise self._failed("bad_arguments")
        return ToolCall(call["id"] or f"call_{uuid.uuid4().hex[:16]}", call["name"], arguments)

    def _used(self, call):
        prompt = getattr(self._usage, "prompt_tokens", None) or None
        completion = getattr(self._usage, "completion_tokens", None)
        # A request without tokens does not exist: LiteLLM writes 0 for "not said", or a guess of its own.
        if prompt is None or not call.counted:
            return Usage(None, None, None)
        details = getattr(self._usage, "prompt_tokens_details", None)
        # DeepSeek, and who serves its models, has a name of its own for them.
        cached = (
            getattr(details, "cached_tokens", None)
            or getattr(self._usage, "prompt_cache_hit_tokens", None)
            or 0
        )
        cost = prices.cost(self._choice.provider, self._choice.model, prompt, completion, cached)
        return Usage(prompt, completion, cost)

    def _failed(self, kind):
        return ModelFailed(kind, provider=provider_name(self._choice), model=model_name(self._choice))
