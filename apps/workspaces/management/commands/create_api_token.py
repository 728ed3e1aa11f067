"""A key to the JSON API, without a browser."""

from django.core.management.base import BaseCommand, CommandError

from apps.workspaces import tokens
from apps.workspaces.errors import NoSuchWorkspace
from apps.workspaces.models import Workspace
from berrydesk.db.scopes import every_workspace, in_workspace


class Command(BaseCommand):
    help = "Make an API token of a workspace. Prints the token, which nobody can read again."

    def add_arguments(self, parser):
        parser.add_argument("--workspace", required=True, metavar="SLUG", help="slug of the workspace")
        parser.add_argument("--name", default="Command line", help="name to recognise the token by")

    def handle(self, *args, workspace, name, **options):
        with every_workspace("The operator names the workspace by its slug."):
            found = Workspace.objects.filter(slug=workspace).first()
            known = ", ".join(Workspace.objects.order_by("slug").values_list("slug", flat=True)[:20])
        if found is None:
            problem = NoSuchWorkspace(slug=workspace, known=known or "none: run create_workspace first")
            raise CommandError(str(problem))
        with in_workspace(found):
            _, token = tokens.create(found, name=name)
        self.stdout.write(token)
