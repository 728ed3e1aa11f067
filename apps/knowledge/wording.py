"""The owner's own synonyms: what their visitors call the things that their pages write about."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.agents.models import Agent
from apps.knowledge.index_models import SynonymGroup
from berrydesk.errors import OwnerError
from berrydesk.text.tokens import tokens

MOST_GROUPS = 200
MOST_WORDINGS = 12
LONGEST = 60
"""Characters of one wording."""


class SynonymAlone(OwnerError):
    code = "synonym_alone"
    message = _("“{line}” stands alone, and a synonym needs another wording beside it.")
    remedy = _("Write at least two wordings on the line, with a comma between them.")


class SynonymEmpty(OwnerError):
    code = "synonym_empty"
    message = _("“{line}” holds a wording that search leaves out, such as “the” or a sign.")
    remedy = _("Use words that stand for the thing itself.")


class SynonymsTooLong(OwnerError):
    code = "synonyms_too_long"
    message = _("“{line}” has too much on one line: {most} wordings of {longest} characters are possible.")
    remedy = _("Part it into several lines.")


class TooManySynonyms(OwnerError):
    code = "too_many_synonyms"
    message = _("More than {most} lines of synonyms are not kept.")
    remedy = _("Remove lines that no visitor needs.")


def of(agent):
    """The agent's groups of wordings, in the owner's order."""
    return list(
        SynonymGroup.objects.filter(agent=agent).order_by("position").values_list("wordings", flat=True)
    )


def read(text):
    """Groups from one line each, wordings parted by commas. Raises OwnerError at the first line that is none."""
    lines = [line for line in text.replace("，", ",").replace("、", ",").splitlines() if line.strip()]
    return checked([line.split(",") for line in lines])


def checked(groups):
    """The groups trimmed, each wording once. Raises OwnerError where one cannot be used."""
    if len(groups) > MOST_GROUPS:
        raise TooManySynonyms(most=MOST_GROUPS)
    return [_checked(group) for group in groups]


def replace(agent, groups):
    """The agent has these groups and no others. Raises OwnerError where one cannot be used."""
    groups = checked(groups)
    with transaction.atomic():
        Agent.objects.select_for_update().get(pk=agent.pk)
        SynonymGroup.objects.filter(agent=agent).delete()
        SynonymGroup.objects.bulk_create(
            SynonymGroup(workspace_id=agent.workspace_id, agent=agent, position=position, wordings=wordings)
            for position, wordings in enumerate(groups)
        )
    return groups


def _checked(group):
    known = {}
    for wording in group:
        plain = " ".join(wording.replace("\x00", "").split())
        if plain:
            known.setdefault(plain.casefold(), plain)
    wordings = list(known.values())
    shown = ", ".join(wordings)[:80]
    if len(wordings) < 2:
        raise SynonymAlone(line=shown or "…")
    if len(wordings) > MOST_WORDINGS or any(len(w) > LONGEST for w in wordings):
        raise SynonymsTooLong(line=shown, most=MOST_WORDINGS, longest=LONGEST)
    if not all(tokens(wording) for wording in wordings):
        raise SynonymEmpty(line=shown)
    return wordings
