"""The kinds of source there are."""

from apps.knowledge.connectors.files import check as files_check
from apps.knowledge.connectors.files import walk as files_walk
from apps.knowledge.connectors.qa import check as qa_check
from apps.knowledge.connectors.qa import walk as qa_walk
from apps.knowledge.connectors.text import check as text_check
from apps.knowledge.connectors.text import walk as text_walk
from apps.knowledge.connectors.website import check as website_check
from apps.knowledge.connectors.website import walk as website_walk
from apps.knowledge.errors import InvalidConfig
from apps.knowledge.models import SourceKind

_CONNECTORS = {
    SourceKind.WEBSITE: (website_check, website_walk),
    SourceKind.FILE: (files_check, files_walk),
    SourceKind.TEXT: (text_check, text_walk),
    SourceKind.QA: (qa_check, qa_walk),
}


def cleaned(kind, config):
    """The config as it is kept, and a name for the source. Raises InvalidConfig, field by field."""
    if kind not in _CONNECTORS:
        known = ", ".join(sorted(str(k) for k in _CONNECTORS))
        raise InvalidConfig(
            {"kind": f"There is no kind of source called {str(kind)[:40]}. Use one of: {known}."}
        )
    if not isinstance(config, dict):
        raise InvalidConfig({"config": "This must hold fields and their values."})
    return _CONNECTORS[kind][0].cleaned(config)


def walk(source, bench):
    """An outcome per document of the source, as each is found."""
    return _CONNECTORS[source.kind][1].walk(source, bench)
