"""Step 2: what the agent should know."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.agents import making
from apps.connections.models import Connection
from apps.knowledge import errors
from apps.knowledge.models import Source
from apps.knowledge.question_models import LikelyQuestion
from apps.routing.models import RoutingPolicy
from tests.console.addresses import at

pytestmark = pytest.mark.django_db


def test_an_empty_box_says_what_to_do(as_ada, agent):
    answer = as_ada.post(at("train_add", agent), {"anything": " "})
    assert answer.status_code == 422 and "Paste a web address" in answer.content.decode()


def test_text_becomes_a_source(as_ada, agent):
    assert as_ada.post(at("train_add", agent), {"anything": "We ship to Norway."}).status_code == 302
    assert Source.objects.get(agent=agent).kind == "text"
    assert 'hx-trigger="every 2s"' in as_ada.get(at("setup_train", agent)).content.decode()


def test_a_second_model_answers_when_the_first_fails(as_ada, agent, ada):
    behind = {"workspace": ada.workspace, "kind": "provider", "ok": True}
    one = Connection.objects.create(
        service="openai", name="GPT", model_names=["gpt-5-mini", "gpt-5"], **behind
    )
    two = Connection.objects.create(
        service="custom", name="Ours", base_url="http://localhost:1/v1", model_names=["m"], **behind
    )
    chosen = {"model": f"{one.pk}:gpt-5-mini", "fallback": f"{two.pk}:m"}
    assert as_ada.post(at("model_choose", agent), chosen).status_code == 302
    policy = RoutingPolicy.objects.get(agent=agent)
    assert [(row.connection, row.model) for row in policy.fallbacks.in_order()] == [(two, "m")]
    page = as_ada.get(at("setup_model", agent)).content.decode()
    assert "If it fails, use" in page and "tokens at once" in page
    as_ada.post(at("model_choose", agent), chosen | {"fallback": ""})
    assert not policy.fallbacks.exists()
    assert as_ada.post(at("model_choose", agent), chosen | {"fallback": "nonsense"}).status_code == 422


def test_a_product_feed_is_added_by_its_address(as_ada, agent):
    there = reverse("console:from_address", args=[agent.public_id, "feed"])
    assert "Product feed" in as_ada.get(at("setup_train", agent)).content.decode()
    wrong = as_ada.post(there, {"url": "no address"})
    assert wrong.status_code == 422 and 'value="no address"' in wrong.content.decode()
    assert as_ada.post(there, {"url": "https://shop.example/products.xml"}).status_code == 302
    assert Source.objects.get().kind == "feed"
    assert as_ada.get(reverse("console:from_address", args=[agent.public_id, "nothing"])).status_code == 404


def test_files_become_sources(as_ada, agent):
    files = [SimpleUploadedFile("a.md", b"# A\n\nOne."), SimpleUploadedFile("b.txt", b"Two.")]
    assert as_ada.post(at("train_add", agent), {"files": files}).status_code == 302
    assert set(Source.objects.values_list("name", flat=True)) == {"a.md", "b.txt"}


def test_an_answer_without_its_question_comes_back(as_ada, agent):
    answer = as_ada.post(at("train_pairs", agent), {"question": "", "answer": "Yes, we do."})
    assert answer.status_code == 422 and "Yes, we do." in answer.content.decode()


def test_an_empty_box_is_a_mistake_only_where_nothing_was_given(as_ada, agent):
    alone = as_ada.post(at("train_add", agent), {"anything": " "})
    assert alone.status_code == 422 and "There is nothing to learn yet." in alone.content.decode()
    as_ada.post(at("train_add", agent), {"files": [SimpleUploadedFile("a.md", b"# A\n\nOne.")]})
    after = as_ada.post(at("train_add", agent), {"anything": ""}).content.decode()
    assert "There is nothing to learn yet." not in after and "listed below" in after


def test_a_file_that_cannot_be_read_is_not_offered_again(as_ada, agent):
    as_ada.post(at("train_add", agent), {"files": [SimpleUploadedFile("a.md", b"# A\n\nOne.")]})
    pages = (at("setup_train", agent), reverse("knowledge"), Source.objects.get().pk)
    pages = (*pages[:2], reverse("knowledge_source", args=[pages[2]]))
    for problem, is_offered in (
        (errors.FileTooLarge(name="a.md", limit=200), False),
        (errors.Stopped(), True),
    ):
        Source.objects.update(status="failed", problem=problem.as_dict())
        for page in pages:
            assert (">Try again<" in as_ada.get(page).content.decode()) == is_offered, page


def test_an_empty_pair_comes_back_with_its_boxes(as_ada, agent):
    answer = as_ada.post(at("train_pairs", agent), {"question": " ", "answer": ""})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count('name="question"') == 1 and page.count('name="answer"') == 1


@pytest.mark.parametrize(
    ("form", "step"),
    [
        *(("train_add", "setup_train"), ("train_pairs", "setup_train"), ("model_connect", "setup_model")),
        *(("model_choose", "setup_model"), ("embeddings_check", "embeddings"), ("notion_connect", "notion")),
    ],
)
def test_the_address_of_a_form_shows_its_step_when_opened(as_ada, agent, form, step):
    answer = as_ada.get(at(form, agent))
    assert answer.status_code == 302 and answer.url == at(step, agent)


def test_an_action_saved_on_its_page_is_opened_there_again(as_ada, agent):
    assert as_ada.get(at("action", agent, "stripe.refund")).url == at("actions", agent)
    assert as_ada.get(at("setup_action", agent, "stripe.refund")).url == at("setup_actions", agent)


def test_a_source_is_deleted(as_ada, agent):
    as_ada.post(at("train_add", agent), {"anything": "We ship to Norway."})
    as_ada.post(at("train_delete", agent, Source.objects.get().pk))
    assert not Source.objects.exists()


def test_the_sample_business_goes_into_an_empty_workspace_once(as_ada, agent):
    as_ada.post(reverse("console:load_sample"))
    assert Source.objects.filter(agent__is_sample=True).count() == 12
    as_ada.post(reverse("console:load_sample"))
    assert Source.objects.count() == 12


def test_the_sample_business_is_offered_while_nothing_was_learned(as_ada, agent):
    as_ada.post(at("train_add", agent), {"anything": "We ship to Norway."})
    assert "Load a sample business" not in as_ada.get(at("home", agent)).content.decode()
    Source.objects.update(status="failed", learned=0)
    assert "Load a sample business" in as_ada.get(at("home", agent)).content.decode()
    as_ada.post(reverse("console:load_sample"))
    assert Source.objects.filter(agent__is_sample=True).count() == 12


def test_home_and_the_finish_say_what_is_open_in_knowledge(as_ada, agent):
    making.publish(agent)
    assert "Knowledge health" not in as_ada.get(at("home", agent)).content.decode()
    LikelyQuestion.objects.create(
        workspace=agent.workspace,
        agent=agent,
        key="norway",
        question="Do you ship to Norway?",
        origin="common",
    )
    assert "1 question without an answer" in as_ada.get(at("finish", agent)).content.decode()
    page = as_ada.get(at("home", agent)).content.decode()
    assert f'href="{at("setup_model", agent)}"' in page, "Models stand in the menu"
    assert "1 question without an answer" in page and reverse("knowledge_questions") in page


def test_what_is_for_the_team_alone_is_so_from_the_first_moment(as_ada, agent):
    runbook = SimpleUploadedFile("runbook.txt", b"The safe code is 4711.")
    as_ada.post(at("train_add", agent), {"anything": "", "files": runbook, "team": "on"})
    assert Source.objects.get().is_internal
    again = SimpleUploadedFile("prices.txt", b"A repair costs 15 euros.")
    as_ada.post(at("train_add", agent), {"anything": "", "files": again})
    prices = Source.objects.get(name="prices.txt")
    assert not prices.is_internal
    again.seek(0)
    as_ada.post(at("train_add", agent), {"anything": "", "files": again, "team": "on"})
    prices.refresh_from_db()
    assert prices.is_internal
