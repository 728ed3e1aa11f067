"""What a teammate must know in one look, built from the trace: no model call, nothing invented."""

from django.utils.translation import gettext as _

from apps.conversations.models import Author, Outcome
from apps.inbox.models import Reason

LONGEST_PART = 400
BETWEEN = " … "


def summarise(conversation, reason):
    """The handoff card: {wants, tried, concluded, why}, each one short text of the conversation's facts."""
    messages = list(conversation.messages.filter(is_note=False).in_order())
    asked = [m.text for m in messages if m.author == Author.VISITOR and not m.text.isspace()]
    answers = [m for m in messages if m.author == Author.AGENT and m.text]
    return {
        "wants": _shorten(_wants(asked)),
        "tried": _shorten(_tried(conversation.agent.name, answers)),
        "concluded": _shorten(_concluded(conversation, reason)),
        "why": str(Reason(reason).label),
    }


def _wants(asked):
    if not asked:
        return _("Nothing written yet; pressed “Talk to a person”.")
    # The first says what it is about, the longest usually says most. The last may only ask for a person: then
    # the one before it holds the last question.
    told = dict.fromkeys([asked[0], max(asked[1:-2], key=len, default=""), *asked[-2:]])
    told = [text for text in told if text]
    longest = LONGEST_PART // len(told) - len(BETWEEN)
    return BETWEEN.join(_shorten(text, longest) for text in told)


def _tried(name, answers):
    if not answers:
        return _("{name} has not answered anything yet.").format(name=name)
    titles = list(dict.fromkeys(c["title"] for m in answers for c in m.citations if c.get("title")))
    if titles:
        return _("Answered from {pages}.").format(pages=", ".join(f"“{t}”" for t in titles[:4]))
    return _("Said: {text}").format(text=answers[-1].text)


def _concluded(conversation, reason):
    if reason == Reason.ACTION:
        return _("The visitor confirmed an action. It needs you before it is settled.")
    turn = conversation.turns.exclude(finished_at=None).exclude(outcome="").order_by("-finished_at").first()
    if turn is None:
        return _("No answer was finished.")
    return {
        Outcome.ANSWERED: _("The last question was answered from your pages."),
        Outcome.UNANSWERED: _("The answer is not in your pages."),
        Outcome.AWAITING_CONFIRMATION: _("An action was offered and not confirmed yet."),
    }.get(turn.outcome, str(Outcome(turn.outcome).label) + ".")


def _shorten(text, longest=LONGEST_PART):
    text = " ".join(str(text).split())
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + "…"
