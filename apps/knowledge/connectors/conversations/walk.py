"""Past conversations, pair by pair. Each waits for its owner; what was decided once is never undone by a sync."""

from apps.knowledge import indexing
from apps.knowledge.connectors.conversations import errors, mining, reading
from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.models import DocumentStatus


def walk(source, bench):
    """An outcome per pair, the most asked first; None for what is settled. Raises an ``OwnerError`` where there is none.

    Accepted pairs stay though their conversations are gone; declined ones are not offered again, whatever is
    answered now; those that nobody has decided about go with what they came from.
    """
    if source.config.get("own"):
        conversations, files = list(reading.answered_here(source)), []
    else:
        conversations, files = reading.of_files(source, bench)
    settled = set(source.visits.exclude(done_at=None).values_list("key", flat=True))
    for outcome in files:
        yield None if outcome.external_id[:1000] in settled else outcome
    if any(outcome.failed for outcome in files):
        return
    known = dict(source.documents.filter(file="").values_list("external_id", "status"))
    versions = dict(source.documents.learned().values_list("external_id", "version"))
    declined = set(source.changes.declined().values_list("document__external_id", flat=True))
    pairs = mining.mine(conversations)
    if not pairs and not known:
        raise _nothing(source, conversations)
    for pair in pairs:
        if pair.name in settled:
            yield None
            continue
        outcome = _outcome(pair)
        if pair.name in declined or versions.get(pair.name) == outcome.version:
            outcome = Outcome(external_id=pair.name, unchanged=True)
        yield outcome
    met = {pair.name for pair in pairs}
    for name, status in known.items():
        if name in met or name in settled:
            continue
        is_decided = status == DocumentStatus.LEARNED or name in declined
        yield Outcome(external_id=name, unchanged=is_decided, is_gone=not is_decided)


def _outcome(pair):
    text = f"{pair.question}\n\n{pair.answer}"
    outcome = Outcome(external_id=pair.name, title=pair.question, text=text, language=pair.language)
    outcome.version = indexing.digest_of(vars(outcome))
    outcome.facts = {"conversations": pair.count}
    return outcome


def _nothing(source, conversations):
    if not conversations:
        return errors.NoneAnsweredHere()
    return errors.NothingMined(count=len(conversations), name=source.name)
