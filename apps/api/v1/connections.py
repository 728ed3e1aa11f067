"""Connections to outside services that sources read through."""

from datetime import datetime
from typing import Annotated

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field, SecretStr

from apps.api.paging import one, page
from apps.api.shapes import Cursor, Limit, Page, ProblemShape, Text
from apps.connections import keeping
from apps.connections.models import Connection
from apps.knowledge.connectors import registry

router = Router(tags=["Connections"])

Name = Annotated[Text, Field(min_length=1, max_length=60)]


class ConnectionIn(Schema):
    service: Annotated[Name, Field(description="notion, google")]
    secrets: dict[Name, SecretStr] = Field(
        description="Stored encrypted; never shown again. notion: token, the secret of an internal "
        "integration. google: service_account, the JSON of a service account's key; or client_id, client_secret "
        "and refresh_token of an OAuth client of your own",
        max_length=20,
    )


class ConnectionOut(Schema):
    id: str
    service: str
    name: str
    hint: str = Field(description="The end of the secret")
    ok: bool | None = Field(description="What the last check found; null: its owner has not allowed it yet")
    problem: ProblemShape | None
    checked_at: datetime | None


def show(connection):
    """A connection as the API shows it, without its secrets."""
    return {
        "id": str(connection.pk),
        "service": connection.service,
        "name": connection.name,
        "hint": connection.hint,
        "ok": connection.ok,
        "problem": connection.problem,
        "checked_at": connection.checked_at,
    }


def _find(connection_id):
    return one(Connection.objects.services(), connection_id, "connection")


@router.get("/connections", response=Page[ConnectionOut])
def list_connections(request, cursor: Cursor = "", limit: Limit = 50):
    """Every connected service, the newest first."""
    return page(Connection.objects.services(), show, cursor=cursor, limit=limit)


@router.post("/connections", response={201: ConnectionOut})
def connect(request, body: ConnectionIn):
    """Check the secrets with a live call and keep them. What the service refuses is not kept."""
    secrets = {name: secret.get_secret_value() for name, secret in body.secrets.items()}
    connection = registry.connect(
        request.caller.workspace, service=body.service, secrets=secrets, by=request.caller.member
    )
    return Status(201, show(connection))


@router.get("/connections/{connection_id}", response=ConnectionOut)
def get_connection(request, connection_id: str):
    """One connection."""
    return show(_find(connection_id))


@router.delete("/connections/{connection_id}", response={204: None})
def disconnect(request, connection_id: str):
    """The connection and its secrets are gone; what was learned through it stays."""
    keeping.forget(_find(connection_id), by=request.caller.member)
    return Status(204, None)
