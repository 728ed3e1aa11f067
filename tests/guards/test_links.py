"""No page offers what its reader may not do: every link and every button is tried for every role."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse
from lxml import html

from apps.knowledge.models import Document
from apps.workspaces.access import Role
from berrydesk.db.scopes import in_workspace
from tests.cast import a_member
from tests.guards.allowing import judge
from tests.guards.test_doors import at, pages
from tests.guards.world import rows_of

pytestmark = pytest.mark.django_db

ADDRESSES = ("href", "action", "formaction", "hx-get", "hx-post")


def offered(page):
    """Every address of ours that the page links to, sends a form to or asks for a part of itself."""
    for element in html.fromstring(page).iter():
        for name in ADDRESSES:
            if isinstance(element.tag, str) and (address := element.get(name)):
                yield address


def needed(address, at_page):
    """The role that the view behind an address asks for; None where it asks for none, or is not ours."""
    parts = urlsplit(urljoin(f"http://testserver{at_page}", address))
    if parts.netloc != "testserver":
        return None
    try:
        found = getattr(resolve(parts.path).func, "open_to", None)
    except Resolver404:
        return None
    return found if isinstance(found, Role) else None


def open_pages(role, rows):
    """The address of every page that ``role`` may read."""
    for name, _path, view, converters in pages():
        if isinstance(view.open_to, Role) and role.includes(view.open_to):
            yield at(name, converters, rows)


@pytest.mark.parametrize("live", [False, True], ids=["before it is live", "live"])
@pytest.mark.parametrize("role", list(Role))
def test_nothing_on_a_page_leads_to_a_refusal(client, ada, ben, agent, vera, role, live):
    rows = rows_of(ada, ben, agent, vera)
    with in_workspace(ada.workspace):
        if live:
            agent.published_at = agent.created_at
            agent.save()
        Document.objects.filter(pk=rows["document_id"]).update(status="learned")
    member = a_member("Robin", ada.workspace, role)
    client.force_login(member.user)
    searched = [f"{reverse('console:palette')}?q={word}" for word in ("", "o", "no", "sh")]
    wrong = set()
    for page in [*open_pages(role, rows), *searched]:
        answer = client.get(page)
        if answer.status_code != 200 or "html" not in answer["Content-Type"] or not answer.content.strip():
            continue
        for address in offered(answer.content):
            role_needed = needed(address, page)
            if role_needed and not member.may(role_needed):
                wrong.add(f"{page} offers {address}, which asks for {role_needed.label}")
    judge(sorted(wrong), allowed={}, remedy=f"Do not show this to a {role.label}:")
