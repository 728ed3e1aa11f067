"""Sources under step 2 that need nothing but an address: a product feed, YouTube."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from apps.console import wizard
from apps.console.entering import find_agent
from apps.knowledge import sources
from apps.knowledge.errors import InvalidConfig
from apps.knowledge.models import SourceKind
from apps.workspaces.access import Role, open_to


@dataclass(frozen=True)
class Kind:
    """What one of these pages says."""

    kind: str
    title: str
    heading: str
    words: str
    label: str
    placeholder: str
    hint: str


KINDS = {
    "feed": Kind(
        SourceKind.FEED,
        _("Product feed"),
        _("Which products should it know?"),
        _("Each product becomes a page with its exact price and stock. It is read again every night."),
        _("Address of the feed"),
        "https://www.shop.example/products.xml",
        _("Google Merchant XML, a shop's JSON such as /products.json, or CSV with a column title."),
    ),
    "youtube": Kind(
        SourceKind.YOUTUBE,
        _("YouTube"),
        _("Which videos should it know?"),
        _("It learns what is said, by the captions; an answer links to the very second."),
        _("Address of a video, a playlist or a channel"),
        "https://www.youtube.com/@shop",
        _("No captions, or YouTube refuses? Upload an .srt or .vtt file into the box instead."),
    ),
}


@open_to(Role.ADMIN)
def page(request, public_id, what):
    """Type the address and start; what is wrong comes back at the field."""
    agent = find_agent(request, public_id)
    if what not in KINDS:
        raise Http404
    typed, problem = request.POST.get("url", ""), ""
    if request.method == "POST":
        try:
            sources.add_source(agent, kind=KINDS[what].kind, config={"url": typed}, by=request.member)
            return redirect(wizard.address_of(agent, "train"))
        except InvalidConfig as refused:
            problem = refused.errors.get("url") or refused.message
    context = wizard.context_of(agent, "train") | {"said": KINDS[what], "what": what, "typed": typed}
    response = wizard.answer(request, "console/from_address.html", context | {"words": problem})
    response.status_code = 422 if problem else 200
    return response
