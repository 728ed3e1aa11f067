"""The passages that may hold the answer, and whether they are likely to."""

from dataclasses import dataclass, field, replace
from functools import partial

from apps.answering import following, parting
from apps.answering.admitting import Utterance
from apps.conversations.models import Rung
from apps.conversations.phrases import phrase
from apps.knowledge.models import Document, Passage
from apps.knowledge.retrieval import answerability, audiences, places, searching
from apps.knowledge.retrieval.spaces import BUILT_IN
from berrydesk.db.scopes import in_workspace
from berrydesk.text.languages import detect
from berrydesk.text.tokens import tokens

PASSAGES = 6
"""How many passages a model reads; the measured recall grows little beyond."""

CLEARLY = 0.2
"""By so much must a reading be surer than one that answers already: else what was asked before would be answered again."""

LINES = 8
"""Messages of a burst, and questions of one message, that are tried one by one."""

BESIDE_PASSAGES = 2
"""How many passages a model reads for each further question of a burst."""

GUIDANCE_PASSAGES, PINNED_CHARACTERS = 3, 6_000
"""How much that is internal a model is told for one question."""


@dataclass(frozen=True)
class Guidance:
    """Internal material: for the model alone."""

    title: str
    text: str


@dataclass(frozen=True)
class Gathered:
    """``found`` best first; ``query`` is what was searched; ``knows_anything`` is False before any training.

    ``beside``: of a burst, what was found for its other questions. ``further`` are the next best, for a model to choose
    among. ``sources`` are what a model is given to read, where that is more than what was found (``contextual``).
    ``guidance`` is internal: a model may follow it, but no visitor may read it.
    """

    query: str
    found: list = field(default_factory=list)
    confidence: float = 0.0
    answerable: bool = False
    knows_anything: bool = True
    sources: list = field(default_factory=list)
    guidance: list = field(default_factory=list)
    further: list = field(default_factory=list)
    beside: list = field(default_factory=list)

    @property
    def read(self):
        """What a model reads, in the order of the marks it may use."""
        return self.sources or self.found


def readings(admitted, rewritten=None):
    """Every wording that may be searched for the question."""
    first = [rewritten] if rewritten else []
    return list(dict.fromkeys([*first, admitted.question, *_other_readings(admitted)]))


def gather(workspace_id, admitted, *, rewritten=None, with_guidance=False, further=0, meant=BUILT_IN):
    """Search what the visitor may know for the question; a short follow-up is read with the question before it.

    ``rewritten``: the follow-up as a question that stands alone. ``with_guidance``: for a model, which may also be told
    what is internal. ``further``: how many passages beyond those that are read are wanted. ``meant``: the
    ``readings`` in embeddings of the owner's choice.
    """
    with in_workspace(workspace_id):
        audience = audience_of(admitted.conversation)
        look = partial(_look, admitted.agent, audience=audience, further=further, meant=meant)
        best = _of_burst(admitted, look) or _one(admitted, look, rewritten)
        if with_guidance:
            best = replace(best, found=_with_beside(best))
            best = replace(best, guidance=_guidance(admitted.agent, best.query, audience, meant))
        return best


def _one(admitted, look, rewritten):
    """What answers all that was said, read as one question."""
    best = look(rewritten) if rewritten else None
    if best is None or not best.answerable:
        best = _best_reading(admitted, look, best or look(admitted.question))
    return best


def answers_alone(workspace_id, admitted):
    """Whether the question's own words find an answer, whatever was said before; told by the built-in embeddings."""
    with in_workspace(workspace_id):
        how = {"audience": audience_of(admitted.conversation), "further": 0, "meant": BUILT_IN}
        return _look(admitted.agent, admitted.question, **how).answerable


def _best_reading(admitted, look, best):
    """``best``, or what another reading of the question finds and answers more surely."""
    leans = following.leans(admitted.question)
    if best.answerable and not leans:
        return best
    for query in _other_readings(admitted):
        read = look(query)
        if query not in admitted.question and not leans and not _is_about(admitted.question, read):
            continue  # "Do you have a shop in Dublin?" is not answered with what was asked before
        if read.confidence > best.confidence + CLEARLY * best.answerable or (
            leans and _joins(admitted.question, read, best)
        ):
            best = read
    return best


def _joins(question, read, best):
    """Whether what answers the reading holds more of what was asked before, and no less of the follow-up itself."""
    if not (read.answerable and read.found and best.found):
        return False
    new, known = read.found[0], best.found[0]
    if following.held(question, new) < following.held(question, known):
        return False  # else what was asked before would be answered again
    return following.held(read.query, new) > following.held(read.query, known)


def _is_about(question, read):
    """Whether what was found first holds a word of the question's own."""
    return bool(read.found) and following.held(question, read.found[0]) > 0


def _of_burst(admitted, look):
    """What answers the first question of several that has an answer, the others ``beside`` it; None where none has one.

    One that was answered earlier, and is not by what is found now, was answered.
    """
    lines = _burst(admitted)
    asked = [n for n, line in enumerate(lines) if line.asks]
    if len(asked) < 2:
        return None
    told = [(lines[n].asks, _line(admitted, lines, n, look)) for n in asked]
    read = [one for asks, one in told if one.answerable or not following.was_answered(asks, admitted.history)]
    best = next((one for one in read if one.answerable), None)
    return best and replace(best, beside=[one for one in read if one is not best])


def _line(admitted, lines, n, look):
    """What is found for one line of a burst, read with those before it and with what was said before the burst.

    What has no answer is named as it was asked.
    """
    before = [Utterance("visitor", line.text) for line in lines[:n]]
    one = replace(admitted, question=lines[n].text, history=(*admitted.history, *before))
    found = _one(one, look, None)
    return found if found.answerable else replace(found, query=lines[n].asks)


def _burst(admitted):
    """The questions that are answered together, and what is said between them, as far as they are looked at one by one."""
    return parting.lines(admitted.question, LINES)


def _with_beside(best):
    """What was found for all of a burst, for a model that reads all of it: the best of each other question last."""
    known = {one.passage_id for one in best.found}
    more = [one for other in best.beside if other.answerable for one in other.found[:BESIDE_PASSAGES]]
    return best.found + list({one.passage_id: one for one in more if one.passage_id not in known}.values())


def audience_of(conversation):
    """Who reads along: a customer who proved who they are, with what is known of them; else just anybody."""
    if conversation.contact is None or conversation.rung() != Rung.VERIFIED:
        return audiences.PUBLIC
    known = conversation.contact.attributes
    attributes = tuple((str(k), str(v)) for k, v in known.items()) if isinstance(known, dict) else ()
    return audiences.Audience(is_signed_in=True, attributes=attributes)


def _guidance(agent, query, audience, meant):
    """Internal passages that bear on the question, and what is internal and pinned."""
    internal = Document.objects.filter(agent=agent, source__is_internal=True).in_use()
    if not internal.exists():
        return []
    guided = replace(audience, is_guided=True)
    found = searching.search(agent, query, limit=PASSAGES * 2, audience=guided, meant=meant)
    ids = audiences.internal_among([one.document_id for one in found])
    chosen = [Guidance(one.title, one.text) for one in found if one.document_id in ids][:GUIDANCE_PASSAGES]
    pinned = internal.filter(is_pinned=True).order_by("created_at", "pk")
    return [
        *(Guidance(row.title, row.text[:PINNED_CHARACTERS]) for row in pinned[:GUIDANCE_PASSAGES]),
        *chosen,
    ]


def _other_readings(admitted):
    """Of a burst, each line alone; of a question beside statements, the question; of a follow-up, what it leans on as well."""
    lines = _burst(admitted)
    for line in lines:
        if len(lines) > 1:
            yield line.text
        if line.alone and _stands_alone(line):
            yield line.alone
    before = [earlier.text for earlier in admitted.history if earlier.author == "visitor"]
    yield from following.readings(admitted.question, before)


def _stands_alone(line):
    """Whether the question may be read without what is said beside it: it has telling words, and points back to nothing."""
    return not following.leans(line.asks) and bool(tokens(line.asks, detect(line.asks)))


def _look(agent, query, *, audience, further, meant=BUILT_IN):
    found = searching.search(agent, query, limit=PASSAGES + further, audience=audience, meant=meant)
    if not found:
        return Gathered(query=query, knows_anything=Passage.objects.filter(agent=agent).kept().exists())
    assessed = answerability.assess(agent, query, found)
    return Gathered(
        query=query,
        found=found[:PASSAGES],
        confidence=assessed.confidence,
        answerable=assessed.answerable,
        further=found[PASSAGES:],
    )


def citation(number, found, quote):
    """A citation as the message keeps it: a snapshot that outlives the passage.

    ``place`` says where in a long document the quote stands, such as "page 3", in the document's language. ``documents``
    are the keys of the document and of those that say the same; they go with the message, not to visitors.
    """
    kind, where = places.place_of(found) or ("", "")
    return {
        "n": number,
        "title": found.title,
        "url": places.link_of(found),
        "external_id": found.external_id,
        "place": phrase(kind, found.language, n=where) if kind in ("page", "slide") else where,
        "quote": quote[:500],
        "documents": [found.document_id, *(other[0] for other in found.others)],
    }
