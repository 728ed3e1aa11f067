"""Knowledge health as the team meets it."""

import pytest
from django.urls import reverse

from apps.knowledge import findings
from apps.knowledge.finding_models import Finding, Sweep
from apps.knowledge.models import Document
from tests.knowledge.test_sweeping import HELP, RETURNS, swept, teach

pytestmark = pytest.mark.django_db
DRAFT = (
    "draft",
    "Loyalty <b>points</b>",
    "Points expire after [insert number] months. TODO: ask marketing about it.",
)


@pytest.fixture
def unwell(agent):
    teach(agent, RETURNS, HELP, DRAFT)
    swept(agent)
    return agent


def press(client, verb, **which):
    finding = Finding.objects.get(**which)
    return client.post(reverse("knowledge_settle", args=[finding.pk, verb]), {"n": "1"}, follow=True)


def test_before_the_first_sweep_the_page_teaches(as_ada, agent):
    assert "Nothing was swept yet" in as_ada.get(reverse("knowledge_health")).content.decode()


def test_two_passages_stand_side_by_side_with_marks(as_ada, unwell):
    page = as_ada.get(reverse("knowledge_health")).content.decode()
    assert "How long can a customer return something?" in page
    assert "<mark>30 days</mark>" in page and "<mark>14 days</mark>" in page
    assert "Keep left" in page and "Not a conflict" in page and " style=" not in page


def test_a_single_page_shows_what_is_left_to_write(as_ada, unwell):
    page = as_ada.get(reverse("knowledge_health"), {"kind": "draft"}).content.decode()
    assert "<mark>[insert number]</mark>" in page and "Set aside" in page
    assert "<b>points</b>" not in page


def test_keep_left_sets_the_right_page_aside(as_ada, unwell):
    right = findings.sides(Finding.objects.get(kind="contradiction"))[1].document
    page = press(as_ada, "keep-left", kind="contradiction").content.decode()
    assert Document.objects.get(pk=right.pk).set_aside_at
    assert "no longer reads" in page and "Nothing of this kind" in page
    there = reverse("knowledge_document", args=[right.source_id, right.pk])
    assert f'no longer reads <a class="link" href="{there}">' in page and "Take back" in page


def test_what_would_be_forgotten_beside_the_sentence_is_said_before_and_editing_comes_first(as_ada, agent):
    more = "".join(f"\n\n# Part {n}\n\n" + f"What part {n} tells of boots and tents. " * 60 for n in range(9))
    teach(agent, RETURNS, (HELP[0], HELP[1], HELP[2] + more))
    swept(agent)
    left, right = findings.sides(Finding.objects.get(kind="contradiction"))
    long = left if left.document.passages.count() > 1 else right
    count = long.document.passages.count()
    assert count > 1
    page = as_ada.get(reverse("knowledge_health"), {"kind": "contradiction"}).content.decode()
    assert f"stops reading all {count} passages of “{long.document}”, not only this one." in page
    assert page.count("button-primary") == 1


def test_a_duplicate_is_no_conflict(as_ada, agent):
    teach(agent, RETURNS, ("again", "Returns again", RETURNS[2]))
    swept(agent)
    page = as_ada.get(reverse("knowledge_health"), {"kind": "duplicate"}).content.decode()
    assert "Not a duplicate" in page and "Not a conflict" not in page


def test_not_a_conflict_moves_it_to_a_tab_of_its_own_and_back(as_ada, unwell):
    press(as_ada, "dismiss", kind="contradiction")
    page = as_ada.get(reverse("knowledge_health"), {"kind": "dismissed"}).content.decode()
    assert "Show it again" in page
    press(as_ada, "take-back", kind="contradiction")
    assert findings.shown(unwell, "contradiction").count() == 1


def test_a_side_that_cannot_be_kept_says_why(as_ada, agent):
    teach(
        agent,
        (
            "long",
            "Returns",
            "# Shop\n\nYou can return boots within 30 days.\n\n# Help\n\nYou can return boots within 14 days.",
        ),
    )
    swept(agent)
    page = press(as_ada, "keep-left", kind="contradiction").content.decode()
    assert "Both sides stand in the same page" in page


def test_sweep_now_asks_at_once(as_ada, agent):
    as_ada.post(reverse("knowledge_sweep"))
    assert Sweep.objects.get().status == "waiting"
    part = as_ada.get(reverse("knowledge_health"), {"part": "state"}).content.decode()
    assert "about to start" in part and "<html" not in part


def test_odd_addresses_show_a_page(as_ada, unwell):
    for query in ({"kind": "nonsense"}, {"n": "-3"}, {"n": "99999999999999"}, {"n": "x"}):
        assert as_ada.get(reverse("knowledge_health"), query).status_code == 200
    finding = Finding.objects.first()
    assert as_ada.post(reverse("knowledge_settle", args=[finding.pk, "nonsense"])).status_code == 404


def test_a_teammate_sees_and_may_not_change(client, ben, unwell):
    client.force_login(ben.user)
    page = client.get(reverse("knowledge_health")).content.decode()
    assert "How long can a customer return something?" in page and "Keep left" not in page
    assert press(client, "dismiss", kind="contradiction").status_code == 403


def test_few_queries(as_ada, unwell, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as caught:
        as_ada.get(reverse("knowledge_health"))
    assert len([q for q in caught.captured_queries if ' FROM "' in q["sql"]]) <= 16


def test_nothing_of_it_exists_for_mallory(client, mallory, unwell):
    finding = Finding.objects.first()
    client.force_login(mallory.user)
    assert client.post(reverse("knowledge_settle", args=[finding.pk, "dismiss"])).status_code == 404
    assert "return something" not in client.get(reverse("knowledge_health")).content.decode()
