"""Sources: where an agent's knowledge comes from."""

from datetime import datetime
from typing import Annotated, Literal

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from ninja import File, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import Field

from apps.api.paging import one, page
from apps.api.shapes import Cursor, Limit, Page, ProblemShape, Text
from apps.api.v1.agents import find as find_agent
from apps.knowledge import scheduling, sharing, sources
from apps.knowledge.connectors import registry
from apps.knowledge.models import Passage, Source, SourceStatus
from apps.knowledge.review_models import PendingChange

router = Router(tags=["Knowledge"])

MOST_ERRORS = 100


class SourceIn(Schema):
    kind: Annotated[Text, Field(max_length=100)]
    name: Annotated[Text, Field(max_length=200)] = ""
    config: dict = Field(
        description="text: text, title, external_id, url. qa: pairs of question and answer. "
        "website: url, mode (page, sitemap, crawl), include, exclude, max_pages. notion: connection (not needed "
        "where there is only one), roots (ids or addresses of pages and databases; none: everything shared). "
        "drive: connection (likewise), roots (ids or addresses of folders and files; root is My Drive, "
        "shared-with-me what others share). "
        "conversations: conversations (at most 2,000: external_id, started_at, subject, tags, csat, contact, messages "
        "of role customer or agent and text), or own: true for those that were answered here; what is found in them "
        "waits until it is accepted"
    )


class AudienceShape(Schema):
    """Nobody but your team (``internal``), or customers who proved who they are, or everyone."""

    internal: bool = False
    signed_in: bool = False
    attributes: dict[str, list[str]] = Field(
        {},
        description="A customer must have one of the values of each; names and values as in the identity token",
    )


class CountIn(Schema):
    kind: Annotated[Text, Field(max_length=100)] = "website"
    config: dict = Field(description="website: as for a source that is added")


class CountOut(Schema):
    pages: int = Field(description="As the patterns let through; the page limit is not counted in")
    at_least: bool = Field(
        description="There may be more: the site lists no pages, and these are the links of the first"
    )


class SourceChange(Schema):
    """What is left out stays as it is."""

    config: dict = Field({}, description="website: max_pages, include, exclude; the next sync keeps to them")

    every_hours: int | None = Field(None, description="1, 24 or 168; null: only when asked", ge=1, le=168)
    reviews_changes: bool = False
    audience: AudienceShape = AudienceShape()


class SourceError(ProblemShape):
    document: str = Field(description="Its title, address or file name; empty: the source as a whole")


class SourceRow(Schema):
    id: str
    kind: str
    name: str
    status: Literal[tuple(SourceStatus.values)]
    documents: int
    passages: int
    skipped: int = Field(description="Left out on purpose, or known and unchanged since the last sync")
    unchanged: int
    failed: int
    last_sync: datetime | None
    next_sync: datetime | None
    every_hours: int | None = Field(description="How often it is read again; null: only when asked")
    reviews_changes: bool = Field(description="What a sync finds waits until somebody accepts it")
    pending_changes: int
    audience: AudienceShape
    created_at: datetime


class SourceOut(SourceRow):
    config: dict
    errors: list[SourceError] = Field(description="At most 100")


class UploadOut(SourceOut):
    """The source of the first file, and in ``items`` the source of each."""

    items: list[SourceOut]


def _rows(agent):
    """Sources of the agent with ``passage_count`` and ``pending_count``."""
    passages = Passage.objects.filter(document__source=OuterRef("pk")).order_by().values("document__source")
    waiting = PendingChange.objects.waiting().filter(source=OuterRef("pk")).order_by().values("source")
    return Source.objects.filter(agent=agent).annotate(
        passage_count=Subquery(passages.annotate(n=Count("pk")).values("n")),
        pending_count=Subquery(waiting.annotate(n=Count("pk")).values("n")),
    )


def _row(source):
    return {
        "id": str(source.pk),
        "kind": source.kind,
        "name": source.name,
        "status": source.status,
        "documents": source.learned,
        "passages": source.passage_count or 0,
        "skipped": source.skipped + source.unchanged,
        "unchanged": source.unchanged,
        "failed": source.failed,
        "last_sync": source.last_sync_at,
        "next_sync": source.next_sync_at,
        "every_hours": source.every_hours,
        "reviews_changes": source.reviews_changes,
        "pending_changes": source.pending_count or 0,
        "audience": {
            "internal": source.is_internal,
            "signed_in": bool(source.audience),
            "attributes": source.audience.get("attributes") or {},
        },
        "created_at": source.created_at,
    }


def _whole(source):
    documents = source.documents.with_problems().order_by("pk")[:MOST_ERRORS]
    errors = [{"document": str(document), **document.problem} for document in documents]
    if source.problem:
        errors.insert(0, {"document": "", **source.problem})
    return {**_row(source), "config": source.config, "errors": errors[:MOST_ERRORS]}


def find(agent_id, source_id):
    return one(_rows(find_agent(agent_id)), source_id, "source")


@router.get("/agents/{agent_id}/sources", response=Page[SourceRow])
def list_sources(request, agent_id: str, cursor: Cursor = "", limit: Limit = 50):
    """Every source of the agent, the newest first."""
    return page(_rows(find_agent(agent_id)), _row, cursor=cursor, limit=limit)


@router.post("/agents/{agent_id}/sources", response={201: SourceOut})
def add_source(request, agent_id: str, body: SourceIn):
    """Add a source; its first sync starts at once."""
    agent = find_agent(agent_id)
    source = sources.add_source(agent, by=request.caller.member, **body.dict())
    return Status(201, _whole(find(agent_id, source.pk)))


@router.post("/agents/{agent_id}/sources/files", response={201: UploadOut})
def add_files(request, agent_id: str, file: File[list[UploadedFile]]):
    """Upload files, several under the same field name ``file``; each becomes a source. A known name is replaced."""
    added = sources.add_files(find_agent(agent_id), file, by=request.caller.member)
    items = [_whole(find(agent_id, source.pk)) for source in added]
    return Status(201, {**items[0], "items": items})


@router.post("/agents/{agent_id}/sources/count", response=CountOut)
def count_pages(request, agent_id: str, body: CountIn):
    """How many pages a website has, before it is added. Takes up to half a minute."""
    find_agent(agent_id)
    found = registry.count(body.kind, body.config)
    return {"pages": found.pages, "at_least": found.is_least}


@router.get("/agents/{agent_id}/sources/{source_id}", response=SourceOut)
def get_source(request, agent_id: str, source_id: str):
    """One source with what went wrong in it, in words."""
    return _whole(find(agent_id, source_id))


@router.patch("/agents/{agent_id}/sources/{source_id}", response=SourceOut)
def change_source(request, agent_id: str, source_id: str, body: SourceChange):
    """How often the source is read again, what limits it, whether changes wait for review, and for whom it is."""
    source, by = find(agent_id, source_id), request.caller.member
    given = body.dict(exclude_unset=True)
    with transaction.atomic():
        if "config" in given:
            sources.change_limits(source, body.config, by=by)
        if "every_hours" in given:
            scheduling.keep_fresh(source, body.every_hours, by=by)
        if "reviews_changes" in given:
            sources.review_changes(source, body.reviews_changes, by=by)
        if "audience" in given:
            whom = body.audience
            sharing.share(
                source,
                is_internal=whom.internal,
                signed_in=whom.signed_in,
                attributes=whom.attributes,
                by=by,
            )
    return _whole(find(agent_id, source_id))


@router.post("/agents/{agent_id}/sources/{source_id}/sync", response=SourceOut)
def sync_source(request, agent_id: str, source_id: str):
    """Read the source again; what did not change is skipped, what is gone is forgotten."""
    sources.sync_again(find(agent_id, source_id))
    return _whole(find(agent_id, source_id))


@router.delete("/agents/{agent_id}/sources/{source_id}", response={204: None})
def delete_source(request, agent_id: str, source_id: str):
    """The source, its documents and passages are gone: found, listed and cited nowhere from the answer on."""
    sources.delete_source(find(agent_id, source_id), by=request.caller.member)
    return Status(204, None)
