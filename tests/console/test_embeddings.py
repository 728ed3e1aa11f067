"""Search by meaning under Models: pick, check, embed, watch, and go back."""

import pytest
from django.urls import reverse

from apps.connections.models import Connection
from apps.knowledge.embeddings import asking
from apps.knowledge.space_models import EmbeddingSpace
from apps.routing import embedders
from tests.knowledge.embeddings.conftest import chosen, peer, server, taught, work  # noqa: F401 — fixtures

pytestmark = pytest.mark.django_db(transaction=True)


def at(name, agent, *rest):
    return reverse(f"console:{name}", args=[agent.public_id, *rest])


def shown(answer):
    return " ".join(answer.content.decode().split())


def test_models_says_what_searches_by_meaning_and_leads_there(as_ada, taught):  # noqa: F811
    page = shown(as_ada.get(at("setup_model", taught)))
    assert "Search by meaning: the built-in embeddings" in page
    assert f'href="{at("embeddings", taught)}"' in page


def test_whoever_picks_a_model_reads_what_is_sent_to_it(as_ada, taught):  # noqa: F811
    page = shown(as_ada.get(at("embeddings", taught)))
    assert (
        "Every passage, internal ones included, and your visitors' questions are sent to whoever runs it."
        in page
    )


def test_an_own_server_is_connected_checked_and_takes_over(as_ada, taught, peer):  # noqa: F811
    typed = {"service": "custom", "base_url": peer.url, "api_key": "", "name": "words-96"}
    page = as_ada.post(at("embeddings_connect", taught), typed, follow=True)
    connection = Connection.objects.get(kind="embeddings")
    value = f"{connection.pk}:words-96"
    assert f'<option value="{value}" selected>' in shown(page)
    checked = shown(as_ada.post(at("embeddings_check", taught), {"model": value, "named": ""}))
    assert "words-96 answers: 96 numbers for each passage" in checked
    assert "To embed: 4 passages, about" in checked and "on your own server" in checked
    assert not EmbeddingSpace.objects.exists()
    page = shown(as_ada.post(at("embeddings_choose", taught), {"model": value, "named": ""}, follow=True))
    assert "is being prepared" in page and "0 of 4 passages embedded" in page
    assert "The built-in embeddings search" in page
    work(EmbeddingSpace.objects.get())
    state = as_ada.get(at("embeddings", taught) + "?part=state")
    assert state["HX-Refresh"] == "true"
    page = shown(as_ada.get(at("embeddings", taught)))
    assert "words-96 (Own server at 127.0.0.1" in page and "4 of 4 passages embedded" in page
    assert "Search by meaning: words-96" in shown(as_ada.get(at("setup_model", taught)))


def test_a_model_that_the_server_lists_nowhere_is_typed(as_ada, taught, server):  # noqa: F811
    value = f"{server.pk}:words-96"
    as_ada.post(at("embeddings_choose", taught), {"model": value, "named": "another"})
    assert EmbeddingSpace.objects.get().model == "another"


def test_what_fails_comes_back_at_the_form_with_what_was_typed(as_ada, taught, peer):  # noqa: F811
    peer.key = "sk-right-0123456789abcdef"
    typed = {"service": "custom", "base_url": peer.url, "api_key": "sk-wrong-0123456789", "name": "words-96"}
    answer = as_ada.post(at("embeddings_connect", taught), typed)
    assert answer.status_code == 422
    page = shown(answer)
    assert "refused the key" in page and f'value="{peer.url}"' in page and 'value="words-96"' in page
    assert "sk-wrong" not in page
    assert not Connection.objects.filter(kind="embeddings").exists()
    for wrong, words in (
        ({"base_url": ""}, "needs the address"),
        ({"name": " "}, "has a model called"),
        ({"service": "voyage", "api_key": ""}, "needs a key"),
        ({"service": "nobody"}, "There is no provider called nobody"),
    ):
        answer = as_ada.post(at("embeddings_connect", taught), typed | wrong)
        assert answer.status_code == 422 and words in shown(answer)


def test_a_model_that_makes_no_embeddings_changes_nothing(as_ada, taught, server, peer):  # noqa: F811
    peer.answers = [(404, {}), (404, {})]
    value = f"{server.pk}:words-96"
    for name in ("embeddings_check", "embeddings_choose"):
        answer = as_ada.post(at(name, taught), {"model": value, "named": "chat"})
        assert answer.status_code == 422
        assert "no embedding model called chat" in shown(answer) and 'value="chat"' in shown(answer)
    assert not EmbeddingSpace.objects.exists()


def test_a_provider_connected_for_answers_offers_its_embeddings_with_their_price(as_ada, taught):  # noqa: F811
    Connection.objects.create(
        workspace=taught.workspace, kind="provider", service="openai", name="OpenAI", ok=True, secrets={}
    )
    page = shown(as_ada.get(at("embeddings", taught)))
    assert "text-embedding-3-small · $0.02 per million tokens" in page
    assert "gpt" not in page.split('id="id_model"')[1].split("</select>")[0]


def test_what_failed_is_tried_again_or_stopped(as_ada, taught, server, peer):  # noqa: F811
    space = chosen(taught, server)
    peer.answers = [(401, {})]
    work(space)
    page = shown(as_ada.get(at("embeddings", taught)))
    assert (
        "refused the key" in page
        and "Try again" in page
        and "hx-trigger" not in page.split('id="embeddings"')[1][:200]
    )
    as_ada.post(at("embeddings_change", taught, "again"))
    assert work(space).ready_at
    second = chosen(taught, server, "other")
    as_ada.post(at("embeddings_change", taught, "stop"))
    assert work(second) is None
    assert EmbeddingSpace.objects.in_use().get() == space


def test_back_to_built_in_is_one_press(as_ada, taught, server):  # noqa: F811
    work(chosen(taught, server))
    page = shown(as_ada.post(at("embeddings_change", taught, "built-in"), follow=True))
    assert "The built-in embeddings search" in page
    assert asking.in_use(taught) is None


def test_trouble_with_questions_is_shown_until_it_is_over(as_ada, taught, server, peer):  # noqa: F811
    work(chosen(taught, server))
    peer.is_down = True
    asking.of_questions_now(taught, ["shoes"])
    assert "server error" in shown(as_ada.get(at("embeddings", taught)))
    assert "words-96, which failed lately" in shown(as_ada.get(at("setup_model", taught)))
    peer.is_down = False
    asking.of_questions_now(taught, ["shoes"])
    assert "server error" not in shown(as_ada.get(at("embeddings", taught)))


def test_a_removed_service_leaves_the_built_in_embeddings(as_ada, taught, server):  # noqa: F811
    work(chosen(taught, server))
    as_ada.post(at("embeddings_forget", taught, server.pk))
    assert embedders.offered() == []
    assert "was disconnected" in asking.of_questions_now(taught, ["shoes"]).problem["message"]


def test_ben_and_mallory_choose_nothing(client, ben, mallory, taught, server):  # noqa: F811
    for member in (ben, mallory):
        client.force_login(member.user)
        answer = client.post(at("embeddings_choose", taught), {"model": f"{server.pk}:words-96"})
        assert answer.status_code in (403, 404)
    assert not EmbeddingSpace.objects.exists()


def test_a_server_that_gives_a_sentence_other_numbers_each_time_is_refused(as_ada, taught, server, peer):  # noqa: F811
    peer.before = lambda number: setattr(peer, "seed", str(number))
    answer = as_ada.post(at("embeddings_choose", taught), {"model": f"{server.pk}:words-96"})
    assert answer.status_code == 422
    assert "other numbers from one request to the next" in shown(answer)
    assert not EmbeddingSpace.objects.exists()
