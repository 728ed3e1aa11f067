"""What a search must know of an agent before it looks at the index, read with one query."""

import json
from dataclasses import dataclass

from apps.knowledge.index_models import IndexState, LanguageCount, SynonymGroup
from apps.knowledge.models import Source
from apps.knowledge.retrieval import audiences
from berrydesk.db import binary

_READ = (
    "SELECT (SELECT state FROM {states} WHERE agent_id = a.id),"
    " (SELECT json_object_agg(language, passages) FROM {languages} WHERE agent_id = a.id AND passages > 0)::text,"
    " (SELECT json_agg(wordings ORDER BY position) FROM {synonyms} WHERE agent_id = a.id)::text,"
    " (SELECT json_agg(json_build_array(s.id, {rule})) FROM {sources} s WHERE s.agent_id = a.id AND {limited})::text"
    " FROM (SELECT %s::uuid AS id) a"
)


@dataclass(frozen=True)
class Beforehand:
    """``state`` is what the index's is called (``resident``), None where there is none; ``languages`` {code: passages};
    ``groups``: the owner's groups of wordings; ``limited`` {key: Rule} of each source that is not for everyone.
    """

    state: object
    languages: dict
    groups: list
    limited: dict


def read(agent):
    """The agent's Beforehand, as it is now."""
    tables = {"states": IndexState, "languages": LanguageCount, "synonyms": SynonymGroup, "sources": Source}
    names = {name: model._meta.db_table for name, model in tables.items()}
    sql = _READ.format(rule=audiences.RULE, limited=audiences.LIMITED, **names)
    [(state, used, groups, limited)] = binary.rows(sql, [agent.pk])
    rules = {key: audiences.Rule.of(*rule) for key, *rule in json.loads(limited or "[]")}
    return Beforehand(state, json.loads(used or "{}"), json.loads(groups or "[]"), rules)
