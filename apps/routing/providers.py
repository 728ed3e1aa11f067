"""Connecting providers of models: keys are stored encrypted, checked with a live call, and never shown again."""

import re

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.connections import keeping
from apps.connections.models import Connection, Kind
from apps.routing import addresses, catalogue, checking, errors, health
from apps.workspaces import auditing

LONGEST_KEY = 4_000


def connect(workspace, *, provider, api_key="", base_url="", models=(), by=None):
    """The provider is stored, checked by a live call, and usable when the check found nothing wrong.

    Returns ``(Connection, Checked)``; a failed check is stored with its problem, so that a second try
    replaces it. ``models``: names the owner typed, for servers that list none. Raises UnknownProvider,
    KeyMissing, KeyMalformed, AddressMissing, AddressMalformed. Takes seconds. Scope needed.
    """
    known = _known(provider)
    secret = clean_key(known, api_key)
    address = clean_address(known, base_url)
    names = [str(m).strip() for m in models if str(m).strip()]
    with transaction.atomic():
        connection = keeping.keep(
            workspace,
            kind=Kind.PROVIDER,
            service=known.service,
            name=name_of(known, address),
            secrets={"api_key": secret} if secret else {},
            base_url=address,
            hint_of=secret,
            replacing=_failed_before(known.service, address),
        )
        connection.model_names = names
        connection.save(update_fields=["model_names"])
    checked = _checked(connection)
    words = _("Connected {provider}.") if checked.ok else _("Tried to connect {provider}; the check failed.")
    auditing.record(workspace, by, "provider.connected", connection, words.format(provider=connection.name))
    return connection, checked


def check_again(connection):
    """The provider was asked once more, and the row says what it answered. Returns Checked. Scope needed."""
    _must_be_provider(connection)
    return _checked(connection)


def replace_key(connection, *, api_key, by=None):
    """The connection has another key, and was checked with it. Returns Checked. Scope needed."""
    _must_be_provider(connection)
    secret = clean_key(catalogue.provider(connection.service), api_key)
    with transaction.atomic():
        connection.secrets = {"api_key": secret} if secret else {}
        connection.hint = keeping.hint(secret)
        connection.save(update_fields=["secrets", "hint"])
        words = _("Replaced the key of {provider}.").format(provider=connection.name)
        auditing.record(connection.workspace_id, by, "provider.key_replaced", connection, words)
    return _checked(connection)


def disconnect(connection, *, by=None):
    """The provider and its key are gone; agents that used it answer with their fallbacks. Scope needed."""
    _must_be_provider(connection)
    with transaction.atomic():
        words = _("Disconnected {provider}.").format(provider=connection.name)
        auditing.record(connection.workspace_id, by, "provider.disconnected", connection, words)
        connection.delete()


def models_of(connection):
    """The models an owner may choose behind a connection, as catalogue.Model, best known first.

    What the provider listed and the catalogue knows; all it listed where the catalogue knows none.
    """
    listed = list(connection.model_names or ())
    known = catalogue.models(connection.service)
    if not listed:
        return list(known)
    found = [m for m in known if m.model in set(listed)]
    if found:
        return found
    return [catalogue.model(connection.service, name) for name in listed]


def any_connected():
    """True when some workspace has a model: then LiteLLM is worth its memory. Needs ``every_workspace``."""
    return Connection.objects.for_models().exists()


def _checked(connection):
    checked = checking.check(connection)
    keeping.note_check(
        connection,
        ok=checked.ok,
        problem=checked.problem.as_dict() if checked.problem else None,
        model_names=_names_to_keep(connection, checked),
    )
    if checked.ok:
        # Whoever presses Try again and is answered need not wait until the breaker lets them.
        health.note_success(connection.pk)
    return checked


def _names_to_keep(connection, checked):
    if not checked.models:
        return None
    typed = [name for name in connection.model_names if name not in checked.models]
    return [*typed, *checked.models] if connection.service == catalogue.CUSTOM else checked.models


def _known(service):
    service = (service or "").strip()
    if not catalogue.is_known(service):
        raise errors.UnknownProvider(provider=service[:60] or "“”")
    return catalogue.provider(service)


def clean_key(known, typed):
    """The key without what people copy along. Raises KeyMissing, KeyMalformed."""
    secret = (typed or "").strip().strip("\"'").removeprefix("Bearer ").strip()
    if not secret and known.needs_key:
        raise errors.KeyMissing(provider=known.name)
    if secret and (len(secret) > LONGEST_KEY or not re.fullmatch(r"[\x21-\x7e]+", secret)):
        raise errors.KeyMalformed()
    return secret


def clean_address(known, typed):
    """The address of the provider, empty where it has one of its own. Raises AddressMissing, AddressMalformed."""
    if typed and typed.strip():
        return addresses.clean(typed, private=known.service == catalogue.CUSTOM)
    if known.needs_url:
        raise errors.AddressMissing(provider=known.name)
    return ""


def name_of(known, address):
    """What people read the connection as."""
    if known.service != catalogue.CUSTOM:
        return known.name
    return _("Own server at {address}").format(address=address.split("://")[1].split("/")[0])[:120]


def _failed_before(service, address):
    """The connection of an earlier try that this one takes the place of.

    Another server of one's own that is merely down for now is not such a try.
    """
    tried = Connection.objects.select_for_update(of=("self",)).providers().filter(service=service, ok=False)
    if service == catalogue.CUSTOM:
        tried = tried.filter(Q(base_url=address) | Q(health__last_ok_at=None))
    return tried.order_by("-created_at").first()


def _must_be_provider(connection):
    if connection is None or connection.kind != Kind.PROVIDER:
        raise errors.NotAProvider()
