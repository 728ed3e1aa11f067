"""Why an answer is what it is: the steps of its turn in plain words, with time, tokens and cost."""

from dataclasses import dataclass, field

from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from apps.answering.trace import BY_MODEL
from apps.conversations.models import Outcome
from apps.routing.models import ContextMode

ICONS = {
    "admit": "chat",
    "understand": "eye",
    "escalate": "person",
    "route": "route",
    "rewrite": "pen",
    "embed": "search",
    "gather": "book",
    "order": "sort",
    "generate": "chip",
    "quote": "text",
    "act": "bolt",
    "check": "shield",
}


@dataclass(frozen=True)
class Step:
    """One line of the explanation."""

    stage: str
    icon: str
    title: str
    words: str
    time: str
    figures: str = ""
    passages: tuple = ()


@dataclass(frozen=True)
class Why:
    """The explanation of one turn: ``line`` is it in one sentence."""

    turn: object
    line: str
    facts: tuple
    steps: list = field(default_factory=list)


def explain(turn):
    """Everything the turn's trace says, in words; what is unknown is called unknown."""
    spans = list(turn.spans.order_by("position"))
    return Why(turn, _line(turn), _facts(turn, spans), [_step(span) for span in spans])


def seconds(ms):
    """0.2 s; shorter than that in milliseconds."""
    if ms is None:
        return _("unknown")
    return _("%(n)s ms") % {"n": max(ms, 1)} if ms < 100 else _("%(n)s s") % {"n": f"{ms / 1000:.1f}"}


def money(cost):
    """Dollars with as many digits as it takes to differ from nothing; None is unknown, never 0."""
    if cost is None:
        return _("unknown")
    if cost == 0:
        return _("nothing")
    return f"${cost:.4f}" if cost < 1 else f"${cost:.2f}"


def _line(turn):
    if turn.finished_at is None:
        return _("This answer is still being written.")
    parts = []
    if turn.first_token_ms is not None:
        parts.append(_("First words after %(t)s") % {"t": seconds(turn.first_token_ms)})
    parts.append(_("done in %(t)s") % {"t": seconds(turn.total_ms)})
    line = ", ".join(parts)
    return line[:1].upper() + line[1:] + "."


def _facts(turn, spans):
    outcome = Outcome(turn.outcome).label if turn.outcome else _("Not finished")
    facts = [(_("Ended"), outcome), (_("Answered by"), _model(turn.model) or _("nobody yet"))]
    facts.append((_("Cost"), _turn_cost(turn, spans)))
    if turn.prompt_tokens is not None or turn.completion_tokens is not None:
        facts.append((_("Tokens"), _tokens(turn.prompt_tokens, turn.completion_tokens)))
    if turn.confidence is not None and any(span.stage == "gather" for span in spans):
        facts.append((_("Sure"), f"{turn.confidence:.0%}"))
    return tuple(facts)


def _turn_cost(turn, spans):
    if turn.cost is None and not any(span.stage in BY_MODEL for span in spans) and turn.finished_at:
        return _("nothing: no model was asked")
    return money(turn.cost)


def _step(span):
    title, words = _WORDS.get(span.stage, _other)(span.input, span.output, span)
    if span.output.get("failed"):
        words = f"{words} {_failure(span.output)}"
    figures = ""
    if span.stage in BY_MODEL and span.output.get("kept") not in NOT_ASKED:
        figures = _("Tokens: %(tokens)s. Cost: %(cost)s.") % {
            "tokens": _tokens(span.prompt_tokens, span.completion_tokens),
            "cost": money(span.cost),
        }
    return Step(
        stage=span.stage,
        icon=ICONS.get(span.stage, "info"),
        title=title,
        words=words.strip(),
        time=seconds(span.ms),
        figures=figures,
        passages=tuple(enumerate(span.output.get("passages", ()), 1)),
    )


def _failure(output):
    """What went wrong in the sentences of the error itself, and what the service said."""
    parts = [output.get("message") or _("Something of Berrydesk’s own failed; the log says more.")]
    if said := output.get("said"):
        parts.append(_("It said: “%(said)s”") % {"said": said})
    parts.append(_("The next answerer took over."))
    return " ".join(parts)


def _tokens(read, written):
    if read is None and written is None:
        return _("unknown")
    show = ["?" if n is None else f"{n:,}" for n in (read, written)]
    return _("%(read)s read, %(written)s written") % {"read": show[0], "written": show[1]}


def _model(name):
    return _("The built-in answerer") if name == "built-in" else name


def _admit(_given, output, _span):
    earlier = output.get("earlier") or 0
    words = _("“%(question)s”") % {"question": output.get("question", "")}
    if earlier:
        words += " " + ngettext(
            "Read with %(n)s earlier message.", "Read with %(n)s earlier messages.", earlier
        ) % {"n": earlier}
    return _("The question"), words


def _understand(_given, output, _span):
    kinds = {
        "question": _("A question"),
        "hello": _("A greeting"),
        "thanks": _("Thanks"),
        "person": _("A wish to speak with a person"),
    }
    code = output.get("language", "")
    kind = kinds.get(output.get("kind"), _("Something said"))
    return _("Understood"), _("%(kind)s, in %(language)s.") % {"kind": kind, "language": _language(code)}


def _language(code):
    try:
        return get_language_info(code)["name_translated"]
    except KeyError:
        return code or _("an unknown language")


def _escalate(_given, _output, _span):
    return _("Called a person"), _("The visitor asked for one, so the agent did not try.")


def _route(_given, output, _span):
    models = output.get("models") or []
    if not models:
        return _("Chose who answers"), _(
            "No model is chosen or can be reached, so the built-in answerer quotes your pages."
        )
    words = _("%(model)s first.") % {"model": models[0]}
    if models[1:]:
        words += " " + _("If it fails: %(models)s.") % {"models": ", ".join(models[1:])}
    return _("Chose who answers"), words


def _embed(given, output, _span):
    title = _("Embedded the question")
    if problem := output.get("problem"):
        return title, _("%(message)s The built-in embeddings searched instead.") % problem
    return title, _("%(model)s says which passages are near it in meaning.") % given


def _gather(_given, output, _span):
    count = len(output.get("passages") or ())
    if not count:
        return _("Read your pages"), _("Nothing there fits the question.")
    title = ngettext("Read %(n)s passage", "Read %(n)s passages", count) % {"n": count}
    words = (
        _("They hold an answer: %(sure)s sure.")
        if output.get("answerable")
        else _("None of them answers it: %(sure)s sure.")
    )
    said = words % {"sure": f"{output.get('confidence', 0):.0%}"}
    if context := output.get("context"):
        mode = dict(ContextMode.choices).get(context["mode"], context["mode"])
        given = _("The model read %(mode)s, about %(tokens)s tokens. %(reason)s")
        said += " " + given % {
            "mode": mode,
            "tokens": f"{context['tokens']:,}",
            "reason": context["reason"],
        }
    return title, said


NOT_ASKED = ("failed_before", "left_alone")
"""Why a model was not asked for help this time."""


def _rewrite(given, output, _span):
    asked, model = given.get("question", ""), given.get("model", _("A model"))
    if output.get("query"):
        words = _(
            "%(model)s read “%(asked)s” with what was said before, and “%(query)s” was searched. "
            "The answer is to the visitor’s own words."
        )
        return _("Made the question whole"), words % {
            "model": model,
            "asked": asked,
            "query": output["query"],
        }
    instead = _("So “%(asked)s” was read without a model.") % {"asked": asked}
    return _("A follow-up question"), _why_kept(output, model, instead)


def _order(given, output, _span):
    model = given.get("model", _("A model"))
    if output.get("order"):
        numbers = ", ".join(str(n) for n in output["order"])
        words = _(
            "%(model)s looked at the %(count)s best passages and chose these, by the place each was found at: %(numbers)s."
        )
        words %= {"model": model, "count": output.get("asked_about", ""), "numbers": numbers}
        return _("Re-ordered what was found"), words
    return _("Re-ordering"), _why_kept(output, model, _("The order stayed as it was found."))


def _why_kept(output, model, instead):
    """Why a model's help was not used, and what was done instead."""
    if output.get("kept") == "failed" and output.get("message"):
        return f"{output['message']} {instead}"
    told = _KEPT.get(output.get("kept"), _("%(model)s gave no help that could be used.")) % {"model": model}
    if (said := output.get("said")) and output.get("kept") in _SHOWS_WORDS:
        told += " " + _("It said: “%(said)s”") % {"said": said}
    return f"{told} {instead}"


_KEPT = {
    "too_late": gettext_lazy(
        "%(model)s did not answer within two seconds, and visitors do not wait longer for that."
    ),
    "left_alone": gettext_lazy("%(model)s was too slow for this lately, so it was not asked."),
    "failed_before": gettext_lazy("%(model)s had just failed, so it was not asked again."),
    "unreadable": gettext_lazy("%(model)s answered with something else than was asked for."),
    "as_it_was": gettext_lazy("%(model)s added nothing to the question."),
    "too_long": gettext_lazy("%(model)s made far too much of the question."),
    "other_language": gettext_lazy("%(model)s changed the language."),
    "other_words": gettext_lazy("%(model)s wrote of something that nobody had spoken about."),
    "none_helps": gettext_lazy("%(model)s found no passage better than another."),
    "unknown_numbers": gettext_lazy("%(model)s named passages that do not exist, or one twice."),
}
_SHOWS_WORDS = ("unreadable", "too_long", "other_language", "other_words", "unknown_numbers")


def _generate(given, output, _span):
    calls = output.get("calls") or []
    words = _("%(model)s wrote the answer.") if not calls else _("%(model)s asked for an action.")
    if output.get("failed"):
        words = _("%(model)s was asked.")
    return _("Model"), words % {"model": given.get("model", _("A model"))}


def _quote(_given, output, _span):
    words = {
        Outcome.SMALL_TALK: _("Answered the greeting or the thanks with a sentence of its own."),
        Outcome.UNANSWERED: _("Said that it does not know, and offered a person."),
    }.get(output.get("outcome"), _("Quoted your pages word for word, without a model."))
    return _("Built-in answerer"), words


def _act(given, output, _span):
    result = output.get("result")
    if not given.get("tool"):
        title = {
            Outcome.ASKED_BACK: _("Recognised an action and asked for what is missing"),
            Outcome.REFUSED: _("Recognised an action and could not do it"),
            Outcome.AWAITING_CONFIRMATION: _("Recognised an action and showed what it would do"),
        }.get(output.get("outcome"), _("Did an action"))
        return title, _("“%(words)s”") % {"words": result or ""}
    words = (
        result
        if isinstance(result, str)
        else (result or {}).get("message") or (result or {}).get("error") or ""
    )
    return _("Action"), _("%(tool)s. %(words)s") % {"tool": given.get("tool", ""), "words": words}


def _check(_given, output, _span):
    count = output.get("citations") or 0
    if not count:
        return _("Checked"), _("The answer names no source.")
    return _("Checked"), ngettext(
        "Every mark points at a passage that was read: %(n)s source.",
        "Every mark points at a passage that was read: %(n)s sources.",
        count,
    ) % {"n": count}


def _other(_given, _output, span):
    return span.stage.replace("_", " ").capitalize(), ""


_WORDS = {
    "admit": _admit,
    "understand": _understand,
    "escalate": _escalate,
    "route": _route,
    "rewrite": _rewrite,
    "embed": _embed,
    "gather": _gather,
    "order": _order,
    "generate": _generate,
    "quote": _quote,
    "act": _act,
    "check": _check,
}
