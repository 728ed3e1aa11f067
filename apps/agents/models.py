"""The agent: one configured AI agent of a workspace, and where it was seen."""

import secrets
from urllib.parse import urlsplit

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from berrydesk.crypto.fields import EncryptedTextField
from berrydesk.db.models import WorkspaceModel, scoped

BERRY = "#8a1c4a"


def new_public_id():
    """A name for the snippet that cannot be guessed from another one."""
    return secrets.token_urlsafe(9).replace("-", "a").replace("_", "b")


def new_identity_secret():
    """The key that the owner's site signs its customers' identity with."""
    return secrets.token_urlsafe(32)


class Position(models.TextChoices):
    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")


class Theme(models.TextChoices):
    PAGE = "page", _("As the page")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class AgentQuerySet(models.QuerySet):
    def oldest_first(self):
        return self.order_by("created_at", "pk")


class Agent(WorkspaceModel):
    """Persona, look and public name of an agent; its models, knowledge and actions point here."""

    public_id = models.CharField(max_length=20, unique=True, default=new_public_id, editable=False)
    name = models.CharField(_("Name"), max_length=60)
    greeting = models.CharField(_("Greeting"), max_length=300, blank=True)
    questions = models.JSONField(_("First questions"), default=list, blank=True)
    color = models.CharField(
        _("Colour"), max_length=7, default=BERRY, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    logo = models.ImageField(_("Logo"), upload_to="logos/", blank=True)
    position = models.CharField(max_length=5, choices=Position.choices, default=Position.RIGHT)
    theme = models.CharField(max_length=5, choices=Theme.choices, default=Theme.PAGE)
    language = models.CharField(_("Language"), max_length=10, default="en")
    allowed_origins = models.JSONField(default=list, blank=True)
    identity_secret = EncryptedTextField(default=new_identity_secret)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    branded_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    objects = scoped(AgentQuerySet)

    def __str__(self):
        return self.name

    @property
    def is_live(self):
        return self.published_at is not None

    @property
    def is_taken_back(self):
        """True after the owner took it off the website again. Before it was ever live it may be tried there."""
        return self.published_at is None and self.taken_back_at is not None

    def is_own_site(self, origin):
        """True for a website of the business: one it allowed, else that of the workspace; any where it named none."""
        if self.allowed_origins:
            return any(same_origin(origin, one) for one in self.allowed_origins)
        ours = (urlsplit(self.workspace.website).hostname or "").removeprefix("www.")
        host = urlsplit(origin.lower()).hostname or ""
        return not ours or host == ours or host.endswith(f".{ours}")


def same_origin(one, other):
    """True when two addresses have the same scheme, host and port; https where one names none."""
    one, other = (each if "://" in each else f"https://{each}" for each in (one, other))
    return urlsplit(one.lower())[:2] == urlsplit(other.lower())[:2]


class InstallationQuerySet(models.QuerySet):
    def latest_first(self):
        return self.order_by("-last_seen_at")


class Installation(WorkspaceModel):
    """A web origin on which visitors opened the agent's widget, as their browsers say."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="installations")
    origin = models.CharField(max_length=255)
    page = models.CharField(max_length=500, blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    objects = scoped(InstallationQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "origin"], name="one_installation_per_origin")
        ]
