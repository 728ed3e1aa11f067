"""Providers of models."""

from datetime import datetime
from typing import Annotated

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field, SecretStr

from apps.api.paging import one, page
from apps.api.shapes import Cursor, Limit, Page, ProblemShape, Text
from apps.connections.models import Connection
from apps.routing import providers

router = Router(tags=["Providers"])


class ProviderIn(Schema):
    provider: Annotated[Text, Field(min_length=1, max_length=60, description="LiteLLM's name, or custom")]
    api_key: SecretStr = Field(SecretStr(""), description="Stored encrypted; never shown again")
    base_url: Annotated[Text, Field(max_length=500)] = ""
    models: list[Annotated[Text, Field(max_length=160)]] = Field([], max_length=200)


class ProviderOut(Schema):
    id: str
    provider: str
    name: str
    base_url: str
    hint: str = Field(description="The end of the key")
    ok: bool | None = Field(description="What the last check found; null before the first")
    problem: ProblemShape | None
    models: list[str]
    checked_at: datetime | None


def show(connection):
    """A provider as the API shows it, without its key."""
    return {
        "id": str(connection.pk),
        "provider": connection.service,
        "name": connection.name,
        "base_url": connection.base_url,
        "hint": connection.hint,
        "ok": connection.ok,
        "problem": connection.problem,
        "models": [model.litellm_name for model in providers.models_of(connection)],
        "checked_at": connection.checked_at,
    }


def _find(provider_id):
    return one(Connection.objects.providers(), provider_id, "provider")


@router.get("/providers", response=Page[ProviderOut])
def list_providers(request, cursor: Cursor = "", limit: Limit = 50):
    """Every connected provider, the newest first."""
    return page(Connection.objects.providers(), show, cursor=cursor, limit=limit)


@router.post("/providers", response={201: ProviderOut})
def connect_provider(request, body: ProviderIn):
    """Store the key and check it with a live call. ``ok`` says what came of it, ``problem`` why not, in words."""
    facts = {**body.dict(), "api_key": body.api_key.get_secret_value()}
    connection, _ = providers.connect(request.caller.workspace, by=request.caller.member, **facts)
    return Status(201, show(connection))


@router.get("/providers/{provider_id}", response=ProviderOut)
def get_provider(request, provider_id: str):
    """One provider."""
    return show(_find(provider_id))


@router.post("/providers/{provider_id}/check", response=ProviderOut)
def check_provider(request, provider_id: str):
    """Check again with a live call."""
    connection = _find(provider_id)
    providers.check_again(connection)
    return show(connection)


@router.delete("/providers/{provider_id}", response={204: None})
def disconnect_provider(request, provider_id: str):
    """The provider and its key are gone."""
    providers.disconnect(_find(provider_id), by=request.caller.member)
    return Status(204, None)
