"""A pasted text is one document."""

from apps.knowledge.connectors.outcome import Outcome


def walk(source, bench):
    """The one document."""
    config = source.config
    yield Outcome(
        external_id=config.get("external_id") or "text",
        title=config.get("title") or source.name,
        url=config.get("url") or "",
        text=config["text"],
    )
