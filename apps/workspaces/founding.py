"""A business begins: its workspace and its owner."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.workspaces import auditing
from apps.workspaces.errors import AlreadyFounded, EmailTaken, NotAnEmail, WeakPassword
from apps.workspaces.models import Member, Role, User, Workspace
from berrydesk.db.ids import uuid7
from berrydesk.db.scopes import every_workspace, in_workspace

_FOUNDING = 0x42444653
"""Key of the advisory lock under which workspaces are founded: two first visitors do not both become owners."""


def installation_is_empty():
    """True until the first person has signed up."""
    return not User.objects.exists()


def found(*, name, person, email, password, website="", only_if_empty=False):
    """The workspace ``name`` and its owner exist afterwards; returns the owner's member row.

    A person who already has an account (the same e-mail) keeps their password and gets a further workspace,
    unless ``only_if_empty``. Raises AlreadyFounded, NotAnEmail, WeakPassword, EmailTaken.
    """
    email = User.objects.normalize_email(email).strip().lower()
    _check_email(email)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FOUNDING])
        if only_if_empty and not installation_is_empty():
            raise AlreadyFounded()
        user = User.objects.filter(email=email).first()
        if user is None:
            user = make_user(email=email, name=person, password=password)
        workspace_id = uuid7()
        with every_workspace("A slug is taken or free across all workspaces."):
            slug = _free_slug(name)
        with in_workspace(workspace_id):
            workspace = Workspace.objects.create(id=workspace_id, slug=slug, name=name, website=website)
            member = Member.objects.create(workspace=workspace, user=user, role=Role.OWNER)
            auditing.record(workspace, member, "workspace.founded", workspace, _("Founded the workspace."))
    return member


def make_user(*, email, name, password):
    """A new person who can sign in. Raises EmailTaken, WeakPassword."""
    if User.objects.filter(email=email).exists():
        raise EmailTaken(email=email)
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as problem:
        raise WeakPassword(why=" ".join(problem.messages)) from problem
    return User.objects.create_user(email, password, name=name)


def _check_email(email):
    try:
        validate_email(email)
    except ValidationError as problem:
        raise NotAnEmail(email=email) from problem


def _free_slug(name):
    wish = slugify(name)[:50].strip("-") or "workspace"
    taken = set(Workspace.objects.filter(slug__startswith=wish).values_list("slug", flat=True))
    if wish not in taken:
        return wish
    return next(s for s in (f"{wish}-{n}" for n in range(2, len(taken) + 3)) if s not in taken)
