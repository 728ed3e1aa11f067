"""A workspace, the people in it, and what they did."""

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from berrydesk.db.ids import uuid7
from berrydesk.db.models import WorkspaceModel, scoped


class UserManager(BaseUserManager):
    """Makes people by e-mail address; there is no user name."""

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who can sign in. What they may do is said by their ``Member`` rows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(_("Your name"), max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name.split(" ")[0] if self.name else self.email


class Workspace(models.Model):
    """One business; everything else belongs to exactly one of these."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("Business name"), max_length=120)
    website = models.URLField(_("Website"), blank=True, validators=[URLValidator(["http", "https"])])
    time_zone = models.CharField(_("Time zone"), max_length=60, default="UTC")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self):
        return self.name


class Role(models.TextChoices):
    """What a member may do; each role may do what those after it may."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    TEAMMATE = "teammate", _("Teammate")
    VIEWER = "viewer", _("Viewer")

    @property
    def rank(self):
        return list(Role).index(self)

    def includes(self, other):
        """True when this role may do what ``other`` may."""
        return self.rank <= Role(other).rank


class Member(WorkspaceModel):
    """A person's place in a workspace."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="one_place_per_person")]

    def __str__(self):
        return str(self.user)

    def may(self, role):
        """True when this member may do what ``role`` may."""
        return Role(self.role).includes(role)


class InvitationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())


def _in_a_week():
    return timezone.now() + timedelta(days=7)


class Invitation(WorkspaceModel):
    """An offer to join, by a link whose token is stored only as its hash."""

    email = models.EmailField(_("E-mail"))
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.TEAMMATE)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(default=_in_a_week)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = scoped(InvitationQuerySet)


class AuditEvent(WorkspaceModel):
    """Who did what to which thing; written once, never changed."""

    actor = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.CharField(max_length=160)
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=60, blank=True)
    words = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-created_at"])]


class ApiTokenQuerySet(models.QuerySet):
    def valid(self):
        return self.filter(revoked_at=None)


class ApiToken(WorkspaceModel):
    """A key to the JSON API, stored only as its SHA-256; ``prefix`` is what people recognise it by."""

    name = models.CharField(_("Name"), max_length=120)
    prefix = models.CharField(max_length=16)
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = scoped(ApiTokenQuerySet)
