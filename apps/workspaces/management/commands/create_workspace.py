"""A workspace and its owner, without a browser."""

import os

from django.core.management.base import BaseCommand, CommandError

from apps.workspaces import founding
from apps.workspaces.errors import NoPassword
from apps.workspaces.models import User
from berrydesk.errors import OwnerError


class Command(BaseCommand):
    help = (
        "Make a workspace and its owner; the password comes from BERRYDESK_OWNER_PASSWORD. Prints the slug."
    )

    def add_arguments(self, parser):
        parser.add_argument("--name", required=True, help="name of the business")
        parser.add_argument("--email", required=True, help="e-mail address of its owner")
        parser.add_argument(
            "--person", default="", help="name of its owner; default: the start of the address"
        )

    def handle(self, *args, name, email, person, **options):
        password = os.environ.get("BERRYDESK_OWNER_PASSWORD", "")
        try:
            if not password and not User.objects.filter(email=email.strip().lower()).exists():
                raise NoPassword()
            member = founding.found(
                name=name, person=person or email.split("@")[0], email=email, password=password
            )
        except OwnerError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(member.workspace.slug)
