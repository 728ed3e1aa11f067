"""Step 4, and the page Actions: what the agent may do, within which limits; and trying it without effect."""

from dataclasses import dataclass

from berrydesk_sdk import Effect
from django.http import Http404
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from apps.actions import policies, registry, running, wiring
from apps.actions.errors import BrokenPlugin
from apps.actions.models import AgentAction
from apps.console import plugin_forms, wiring_forms, wizard
from apps.console.entering import find_agent
from apps.conversations.models import Contact, Rung
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

ICONS = {Effect.READ: "search", Effect.WRITE: "pen", Effect.MONEY: "undo"}


@dataclass
class Card:
    """One action as the page shows it: its offer, its wiring, and what was just typed or found out."""

    key: str
    offer: object
    action: object
    row: AgentAction | None
    is_open: bool = False
    inputs: list = ()
    tries: list = ()
    limits: dict = None
    problem: object = None
    problems: dict = None
    tried: dict | None = None
    typed_email: str = ""
    is_saved: bool = False
    wants_on: bool | None = None
    """What was just chosen with the switch; None when nothing was."""

    @property
    def shows_on(self):
        return self.is_on if self.wants_on is None else self.wants_on

    @property
    def is_on(self):
        return bool(self.row and self.row.is_enabled)

    @property
    def icon(self):
        return ICONS.get(self.action.effect, "bolt") if self.action else "warning"

    @property
    def is_money(self):
        return self.action.effect is Effect.MONEY

    @property
    def is_read(self):
        return self.action.effect is Effect.READ

    @property
    def has_advanced(self):
        return any(one.is_advanced for one in self.inputs)

    @property
    def said(self):
        """What is so today, in a few words."""
        if self.is_on:
            return _("On")
        return _("Needs {what}").format(what=self.lacks.lower()) if self.lacks else _("Off")

    @property
    def lacks(self):
        """The first setting that it cannot be switched on without; "" when none is missing."""
        missing = (one.label for one in self.inputs if one.is_required and not one.is_set and not one.value)
        return next(missing, "")


@open_to(Role.ADMIN)
def page(request, public_id, shape=wizard.SETUP):
    """Every action of the catalogue; ``?open=key`` shows one."""
    agent = find_agent(request, public_id)
    key = request.GET.get("open")
    cards = [_card(agent, offer, is_open=offer.key == key) for offer in registry.catalogue()]
    for card in cards:
        card.is_saved = card.is_open and card.row is not None and "saved" in request.GET
    return wizard.answer(request, "console/step_actions.html", _context(agent, shape, cards))


@open_to(Role.ADMIN)
@wizard.opened_shows("actions")
@require_POST
@sensitive_post_parameters()
def save(request, public_id, key, shape=wizard.SETUP):
    """The action is wired as typed. Switching on asks the plugin whether its settings work."""
    agent = find_agent(request, public_id)
    try:
        action = _action(key)
    except BrokenPlugin as broken:
        return _again(request, agent, shape, key, problem=broken)
    policy, problems = wiring_forms.read_limits(action, request.POST)
    settings = plugin_forms.read(action.Settings, request.POST, "set")
    problem = None
    wants_on = "enabled" in request.POST
    if not problems:
        try:
            wiring.wire(
                agent,
                key,
                enabled=wants_on,
                settings=settings,
                policy=policy,
                by=request.member,
                check=wants_on,
            )
        except OwnerError as refused:
            problem = refused
    if not problem and not problems:
        return redirect(f"{wizard.address_of(agent, 'actions', shape)}?open={key}&saved#{_anchor(key)}")
    return _again(request, agent, shape, key, problem=problem, problems=problems, settings=settings)


@open_to(Role.ADMIN)
@wizard.opened_shows("actions")
@require_POST
def try_it(request, public_id, key, shape=wizard.SETUP):
    """What would happen, without anything happening."""
    agent = find_agent(request, public_id)
    try:
        action = _action(key)
    except BrokenPlugin as broken:
        return _again(request, agent, shape, key, problem=broken)
    row = AgentAction.objects.filter(agent=agent, key=key).first()
    typed = plugin_forms.read(action.Parameters, request.POST, "try")
    email = request.POST.get("email", "").strip()[:254]
    if row is None:
        words = _("Fill in Connect and press Save first.")
        return _again(request, agent, shape, key, tried={"preview": None, "problems": [words]}, typed=typed)
    person = Contact(workspace_id=agent.workspace_id, email=email, rung=Rung.VERIFIED)
    tried = running.dry_run(row, typed, person)
    return _again(request, agent, shape, key, tried=tried, typed=typed, email=email)


def _again(
    request,
    agent,
    shape,
    key,
    *,
    problem=None,
    problems=None,
    settings=None,
    tried=None,
    typed=None,
    email="",
):
    """The page with one card open, and in it what was typed."""
    cards = []
    for offer in registry.catalogue():
        is_it = offer.key == key
        card = _card(
            agent, offer, is_open=is_it, settings=settings if is_it else None, typed=typed if is_it else None
        )
        if is_it:
            card.problem, card.problems, card.tried, card.typed_email = problem, problems or {}, tried, email
            if card.action and (problem or problems):
                card.limits |= {
                    n: request.POST.get(n, "")
                    for n in (*wiring_forms.MONEY_LIMITS, "currency", "identity", "daily_count_max")
                }
                card.limits["always_approve"] = "always_approve" in request.POST
                card.wants_on = "enabled" in request.POST
                card.inputs = wiring_forms.with_problem(card.inputs, problem)
        cards.append(card)
    response = wizard.answer(request, "console/step_actions.html", _context(agent, shape, cards))
    if problem or problems:
        response.status_code = 422
    return response


def _card(agent, offer, *, is_open=False, settings=None, typed=None):
    row = AgentAction.objects.filter(agent=agent, key=offer.key).first()
    card = Card(offer.key, offer, offer.made, row, is_open, problems={})
    if offer.made:
        card.inputs = wiring_forms.settings_inputs(offer.key, offer.made, row, settings)
        card.tries = wiring_forms.parameter_inputs(offer.key, offer.made, typed)
        stored = row.policy if row else policies.Policy().model_dump(mode="json")
        card.limits = wiring_forms.limits(offer.made, stored)
    return card


def _action(key):
    if key not in {offer.key for offer in registry.catalogue()}:
        raise Http404
    return registry.action(key)


def _anchor(key):
    return f"action-{slugify(key)}"


def _context(agent, shape, cards):
    return wizard.context_of(agent, "actions", shape) | {
        "cards": cards,
        "identities": Rung.choices,
        "save_name": "console:setup_action" if shape == wizard.SETUP else "console:action",
        "try_name": "console:setup_try" if shape == wizard.SETUP else "console:try",
    }
