"""Sources under step 2 that installed plugins offer: each with a form made from the settings it declares."""

from dataclasses import replace

from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from apps.console import plugin_forms, wizard
from apps.console.entering import find_agent
from apps.knowledge import sources
from apps.knowledge.connectors.plugin import check, offers
from apps.knowledge.errors import InvalidConfig
from apps.workspaces.access import Role, open_to


@open_to(Role.ADMIN)
@sensitive_post_parameters()
def page(request, public_id, what):
    """Fill in what the plugin asks for and start; what is wrong comes back at its field."""
    agent = find_agent(request, public_id)
    offer = offers.of(what)
    if offer is None:
        raise Http404
    typed, problem = {}, None
    if request.method == "POST" and offer.made:
        typed = plugin_forms.read(offer.made.Settings, request.POST, "set")
        try:
            sources.add_source(agent, kind=what, config=typed, by=request.member)
            return redirect(wizard.address_of(agent, "train"))
        except InvalidConfig as refused:
            problem = refused
    context = wizard.context_of(agent, "train") | _form(offer, typed, problem.errors if problem else {})
    response = wizard.answer(request, "console/from_plugin.html", context)
    response.status_code = 422 if problem else 200
    return response


def _form(offer, typed, wrong):
    """The offer with its inputs; what is wrong with none of them alone is said above all."""
    if offer.made is None:
        return {"offer": offer, "inputs": []}
    secrets = check.secret_names(offer.made)
    inputs = plugin_forms.inputs(offer.key, "set", offer.made.Settings, typed, secrets)
    by_field = {field.partition(".")[0]: words for field, words in wrong.items()}
    names = {one.name.removeprefix("set-") for one in inputs}
    return {
        "offer": offer,
        "inputs": [replace(one, problem=by_field.get(one.name.removeprefix("set-"), "")) for one in inputs],
        "has_advanced": any(one.is_advanced for one in inputs),
        "is_advanced_wrong": any(
            one.is_advanced and one.name.removeprefix("set-") in by_field for one in inputs
        ),
        "words": " ".join(words for field, words in by_field.items() if field not in names),
    }
