"""Nonsense comes back at its form, and every fragment a view names exists."""

import re

import pytest
from django.urls import reverse

from apps.workspaces.access import Role
from tests.guards.allowing import ROOT, judge, name_of, python_files
from tests.guards.test_doors import pages

NONSENSE = {
    "csrfmiddlewaretoken": "x",
    "anything": "\x00\ufffe",
    "email": "no mail",
    "kind": "?",
    "currency": "€€€",
}

NO_FIELDS = {
    "console:allow": "no websites named means that any may show the agent",
    "console:go_live": "a button",
    "console:load_sample": "a button",
    "console:look_logo": "no file chosen leaves the logo as it is",
    "console:new_secret": "a button",
    "console:setup_logo": "no file chosen leaves the logo as it is",
    "console:take_back": "a button",
    "knowledge_questions_again": "a button",
    "knowledge_sweep": "a button",
}
"""Addresses whose POST needs nothing typed, and why."""


@pytest.mark.django_db
def test_nonsense_never_breaks_a_form(client, ada, agent):
    """Whatever is posted to a page of Ada's agent comes back in words: at its field, elsewhere, or as not found."""
    client.force_login(ada.user)
    wrong = []
    for name, _, view, converters in pages():
        if not isinstance(view.open_to, Role) or set(converters) - {"public_id", "key", "step"}:
            continue
        known = {"public_id": agent.public_id, "key": "stripe.refund", "step": "model"}
        address = reverse(name, kwargs={key: known[key] for key in converters})
        for body in ({}, NONSENSE):
            answer = client.post(address, body)
            if answer.status_code not in (200, 302, 404, 405, 422):
                wrong.append(f"{name}: {answer.status_code} for {body or 'an empty body'}")
    judge(wrong, allowed={}, remedy="A form answers 422 and keeps what was typed:")


@pytest.mark.django_db
def test_an_empty_form_is_refused(client, ada, agent):
    client.force_login(ada.user)
    accepted = []
    for name, _, view, converters in pages():
        if not isinstance(view.open_to, Role) or set(converters) - {"public_id"}:
            continue
        address = reverse(name, kwargs=dict.fromkeys(converters, agent.public_id))
        is_sent_away = getattr(view, "takes_posts_only", False)
        takes_posts_only = is_sent_away or client.get(address).status_code == 405
        if takes_posts_only and client.post(address, {}).status_code != 422:
            accepted.append(name)
    judge(accepted, allowed=NO_FIELDS, remedy="These forms accept an empty body; answer 422:")


def test_every_fragment_that_a_view_names_exists():
    missing = []
    for path in python_files("apps"):
        for template, part in re.findall(r"\"([\w/]+\.html)#(\w+)\"", path.read_text()):
            page = ROOT / "templates" / template
            if not page.is_file() or not re.search(rf"partialdef {part}\b", page.read_text()):
                missing.append(f"{name_of(path)}: {template}#{part}")
    judge(missing, allowed={}, remedy="Define these fragments with partialdef:")
