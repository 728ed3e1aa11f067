"""What of a website is read: how many pages, and which addresses. Chosen when it is added, or later; counted before."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.console.entering import find_agent
from apps.knowledge import sources
from apps.knowledge.connectors import registry
from apps.knowledge.connectors.website import check
from apps.knowledge.errors import InvalidConfig
from apps.knowledge.models import SourceKind
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

NONE = dict.fromkeys(check.LIMITS, "")


def typed(form):
    """What stands in the fields."""
    return {name: form.get(name, "").strip() for name in check.LIMITS}


def given(fields):
    """Those limits that somebody typed."""
    return {name: value for name, value in fields.items() if value}


def wrong(problem):
    """{field: sentence} where limits are to blame and nothing else; else empty."""
    errors = problem.errors if isinstance(problem, InvalidConfig) else {}
    return errors if errors and set(errors) <= set(check.LIMITS) else {}


def of(source):
    """A website's limits as they stand in the fields; None for every other source."""
    if source.kind != SourceKind.WEBSITE:
        return None
    config = source.config
    lines = {name: "\n".join(config.get(name) or ()) for name in ("include", "exclude")}
    return {"max_pages": config.get("max_pages", ""), **lines}


@require_GET
@open_to(Role.ADMIN)
def count(request, public_id):
    """How many pages the typed address has, as a sentence; nothing for what is no address."""
    find_agent(request, public_id)
    kind, config = sources.guess_kind(request.GET.get("anything", ""))
    context = {}
    if kind == SourceKind.WEBSITE:
        config |= given(typed(request.GET) | {"mode": request.GET.get("mode", "")})
        try:
            kept = registry.cleaned(kind, config).config
            context = {"found": registry.count(kind, kept), "most": kept["max_pages"]}
        except InvalidConfig as problem:
            context = {"words": " ".join(problem.errors.values())}
        except OwnerError as problem:
            context = {"words": f"{problem.message} {problem.remedy}"}
    return render(request, "console/_count.html", context)
