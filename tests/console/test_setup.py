"""The set-up and the agent's pages, as members and outsiders meet them."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from apps.agents import making
from apps.connections.models import Connection
from apps.console import contrast, finishing, money
from apps.console.channels import read_origins
from apps.knowledge import errors, indexing, sources
from apps.knowledge.models import Source
from apps.knowledge.question_models import LikelyQuestion
from apps.routing.models import RoutingPolicy
from tests.peers.faulty_model import FaultyModel
from tests.peers.site import Site

pytestmark = pytest.mark.django_db
LOOK = {
    "name": "Lumi",
    "color": "#0b5a55",
    "greeting": "Hei",
    "position": "right",
    "theme": "page",
    "language": "en",
    "questions": ["Where is my order?", "", "How do I return something?"],
}
OF_AN_AGENT = [
    *("setup_begin", "setup_model", "setup_train", "setup_brand", "setup_actions", "finish"),
    *("look", "actions", "channels", "train_rows", "installed"),
]


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada.user)
    return client


@pytest.fixture
def model_server():
    with FaultyModel() as server:
        yield server


def at(name, agent, *rest):
    return reverse(f"console:{name}", args=[agent.public_id, *rest])


# --- the root


def test_a_stranger_on_an_empty_installation_signs_up(client, db):
    assert client.get("/").url == reverse("account_signup")


def test_a_stranger_signs_in_once_somebody_exists(client, ada):
    assert client.get("/").url == reverse("account_login")


def test_a_member_lands_at_the_agent(as_ada, agent):
    assert as_ada.get("/").url == at("home", agent)


def test_without_an_agent_one_is_made(as_ada):
    assert as_ada.get("/").url == reverse("console:new_agent")
    assert as_ada.post(reverse("console:new_agent"), {}).status_code == 422
    made = as_ada.post(reverse("console:new_agent"), {"name": "Lumi"})
    assert made.status_code == 302 and made.url.endswith("/model/")


# --- who may come in


@pytest.mark.parametrize("name", OF_AN_AGENT)
def test_the_owner_sees_the_page(as_ada, agent, name):
    assert as_ada.get(at(name, agent), follow=True).status_code == 200


@pytest.mark.parametrize("name", ["home", *OF_AN_AGENT])
def test_mallory_finds_nothing(client, mallory, agent, name):
    client.force_login(mallory.user)
    assert client.get(at(name, agent)).status_code == 404


def test_a_teammate_sees_home_and_no_settings(client, ben, agent):
    client.force_login(ben.user)
    assert client.get(at("home", agent)).status_code == 200
    assert client.get(at("setup_model", agent)).status_code == 403


def test_a_link_by_the_agents_id_works_too(as_ada, agent):
    assert as_ada.get(f"/setup/{agent.pk}/model/").status_code == 200


# --- step 1


def test_a_working_server_is_connected_and_answers(as_ada, agent, model_server):
    answer = as_ada.post(
        at("model_connect", agent), {"provider": "custom", "base_url": model_server.url, "models": "m"}
    )
    assert answer.status_code == 302
    policy = RoutingPolicy.objects.get(agent=agent)
    assert not policy.is_built_in
    page = as_ada.get(at("setup_model", agent)).content.decode()
    assert "It answers." in page and "your own server" in page


def test_checking_a_server_leaves_a_live_agent_as_it_answers(as_ada, agent, model_server):
    making.publish(agent)
    typed = {"provider": "custom", "base_url": model_server.url, "models": "m"}
    assert as_ada.post(at("model_connect", agent), typed).status_code == 302
    connection = Connection.objects.get()
    as_ada.post(at("model_check", agent, connection.pk))
    assert not RoutingPolicy.objects.filter(agent=agent).exists()
    waiting = "until you choose a model here"
    assert waiting in as_ada.get(at("setup_model", agent) + "?way=own").content.decode()
    as_ada.post(at("model_choose", agent), {"model": f"{connection.pk}:m"})
    assert RoutingPolicy.objects.get(agent=agent).model == "m"
    assert waiting not in as_ada.get(at("setup_model", agent) + "?way=own").content.decode()


def test_a_refused_key_is_explained_and_not_shown(as_ada, agent, model_server):
    model_server.fault = "bad_key"
    secret = "sk-very-secret-key-of-ada-9f3a"
    answer = as_ada.post(
        at("model_connect", agent),
        {"provider": "custom", "base_url": model_server.url, "models": "m", "api_key": secret},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert secret not in page
    assert "problem" in page and model_server.url in page, "the address that was typed is kept"
    again = as_ada.get(at("setup_model", agent) + "?way=own").content.decode()
    assert secret not in again and 'role="alert"' in again


@pytest.mark.parametrize(
    "typed", [{}, {"provider": "nobody"}, {"provider": "openai", "api_key": "two words"}]
)
def test_nonsense_comes_back_at_the_key(as_ada, agent, typed):
    assert as_ada.post(at("model_connect", agent), typed).status_code == 422
    assert not Connection.objects.exists()


def test_the_built_in_answerer_can_be_chosen(as_ada, agent):
    as_ada.post(at("model_choose", agent), {"model": "built-in"})
    assert RoutingPolicy.objects.get(agent=agent).is_built_in
    assert as_ada.post(at("model_choose", agent), {"model": "nonsense"}).status_code == 422


# --- step 2


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


# --- step 3


def test_the_look_is_saved_as_one_types(as_ada, agent):
    answer = as_ada.post(
        at("setup_brand", agent), LOOK | {"color": "#F2C14E"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    agent.refresh_from_db()
    assert agent.color == "#f2c14e" and agent.branded_at
    assert agent.questions == ["Where is my order?", "How do I return something?"]
    assert "Black text on this colour is easy to read" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong", [{}, LOOK | {"color": "green"}, LOOK | {"name": ""}, LOOK | {"theme": "pink"}]
)
def test_a_wrong_look_comes_back_and_changes_nothing(as_ada, agent, wrong):
    before = agent.color
    assert as_ada.post(at("look", agent), wrong).status_code == 422
    agent.refresh_from_db()
    assert agent.color == before and agent.branded_at is None


def test_what_was_typed_is_kept(as_ada, agent):
    page = as_ada.post(at("look", agent), LOOK | {"color": "green", "greeting": "Moin moin"}).content.decode()
    assert "Moin moin" in page and 'value="green"' in page


def test_questions_are_added_moved_and_removed(as_ada, agent):
    url = at("setup_questions", agent)
    as_ada.post(url, LOOK | {"do": "up-2", "questions": ["one", "two", "three"]})
    agent.refresh_from_db()
    assert agent.questions == ["one", "three", "two"]
    as_ada.post(url, LOOK | {"do": "remove-0", "questions": agent.questions})
    agent.refresh_from_db()
    assert agent.questions == ["three", "two"]
    added = as_ada.post(url, LOOK | {"do": "add", "questions": ["one"]}, headers={"HX-Request": "true"})
    assert added.content.decode().count('name="questions"') == 2


def test_questions_move_without_javascript_too(as_ada, agent):
    as_ada.post(at("setup_brand", agent), LOOK | {"do": "up-1", "questions": ["one", "two"]})
    agent.refresh_from_db()
    assert agent.questions == ["two", "one"]


def test_a_logo_is_written_anew(as_ada, agent, client):
    picture = io.BytesIO()
    Image.new("RGB", (800, 400), "#0b5a55").save(picture, "JPEG", comment=b"<script>")
    as_ada.post(at("look_logo", agent), {"logo": SimpleUploadedFile("x.jpg", picture.getvalue())})
    agent.refresh_from_db()
    shown = client.get(agent.logo.url)
    kept = b"".join(shown.streaming_content)
    assert shown["Content-Type"] == "image/png" and b"<script>" not in kept
    assert Image.open(io.BytesIO(kept)).size == (256, 256)


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\nbroken", b"x"]
)
def test_what_is_no_picture_is_refused_in_words(as_ada, agent, content):
    answer = as_ada.post(at("setup_logo", agent), {"logo": SimpleUploadedFile("logo.png", content)})
    assert answer.status_code == 422 and "not a picture" in answer.content.decode()
    agent.refresh_from_db()
    assert not agent.logo


# --- step 4


def test_an_action_without_its_key_stays_off(as_ada, agent):
    answer = as_ada.post(at("action", agent, "stripe.refund"), {"enabled": "on", "max_amount": "80"})
    assert answer.status_code == 422 and "cannot be switched on yet" in answer.content.decode()
    assert not agent.actions.enabled().exists()


def test_limits_that_are_no_amounts_come_back(as_ada, agent):
    answer = as_ada.post(at("action", agent, "stripe.refund"), {"max_amount": "a lot", "currency": "EURO"})
    page = answer.content.decode()
    zero = as_ada.post(at("action", agent, "stripe.refund"), {"max_amount": "0", "daily_count_max": "often"})
    assert "limit of zero" in zero.content.decode() and "a number like 5" in zero.content.decode()
    assert answer.status_code == 422 and "Write an amount like 80" in page and "a lot" in page


def test_a_secret_is_stored_and_never_shown(as_ada, agent):
    secret = "sk_test_abcdefghijklmnop"
    limits = {"set-secret_key": secret, "max_amount": "80,50", "currency": "eur", "identity": "claimed"}
    assert as_ada.post(at("action", agent, "stripe.refund"), limits).status_code == 302
    row = agent.actions.get()
    assert row.settings["secret_key"] == secret
    assert (row.policy["max_amount"], row.policy["currency"], row.policy["identity"]) == (
        8050,
        "EUR",
        "claimed",
    )
    page = as_ada.get(at("actions", agent) + "?open=stripe.refund").content.decode()
    assert secret not in page and "80.50" in page and "Stored." in page


def test_trying_before_connecting_says_what_is_missing(as_ada, agent):
    answer = as_ada.post(at("try", agent, "stripe.refund"), {"try-payment": "NL-20418"})
    assert "press Save first" in answer.content.decode()


def test_an_unknown_action_is_not_found(as_ada, agent):
    assert as_ada.post(at("action", agent, "no.such"), {}).status_code == 404


# --- channels and home


def test_allowed_websites_become_origins(as_ada, agent):
    as_ada.post(
        at("allow", agent),
        {"origins": "shop.example/cart\nHTTPS://WWW.Shop.example\n\nhttp://localhost:3000"},
    )
    agent.refresh_from_db()
    assert agent.allowed_origins == [
        "https://shop.example",
        "https://www.shop.example",
        "http://localhost:3000",
    ]
    assert agent.branded_at is None, "where it may stand says nothing about how it looks"
    answer = as_ada.post(at("allow", agent), {"origins": "not a website"})
    assert answer.status_code == 422 and "not a website" in answer.content.decode()


def test_only_the_owner_sees_the_secret(as_ada, agent):
    assert agent.identity_secret in as_ada.get(at("channels", agent)).content.decode()
    before = agent.identity_secret
    as_ada.post(at("new_secret", agent))
    agent.refresh_from_db()
    assert agent.identity_secret != before


def test_home_counts_what_is_left_and_then_the_week(as_ada, agent):
    assert "5 steps to launch" in as_ada.get(at("home", agent)).content.decode()
    as_ada.post(at("go_live", agent))
    page = as_ada.get(at("home", agent)).content.decode()
    assert "This week" in page and "First words after" in page
    as_ada.post(at("take_back", agent))
    assert "steps to launch" in as_ada.get(at("home", agent)).content.decode()


def test_the_palette_finds_pages_and_agents(as_ada, agent):
    found = as_ada.get(
        reverse("console:palette"), {"q": "lumi"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert at("home", agent) in found
    assert at("channels", agent) in as_ada.get(reverse("console:palette"), {"q": "chan"}).content.decode()
    assert "Nothing is called" in as_ada.get(reverse("console:palette"), {"q": "zzz"}).content.decode()


# --- words and numbers


def test_contrast_is_the_same_as_the_widgets():
    assert round(contrast.ratio("#000000", "#ffffff")) == 21
    assert contrast.text_on("#f2c14e") == "#111111" and contrast.text_on("#8a1c4a") == "#ffffff"


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("80", "EUR", 8000), ("80,5", "", 8050), ("", "EUR", None), ("500", "JPY", 500)],
)
def test_amounts_are_read_in_their_currency(text, currency, minor):
    assert money.minor(text, currency) == minor


def test_origins_need_a_host():
    assert read_origins("https://") == (
        [],
        ["“https://” is not a website. Write it like https://www.shop.example."],
    )


@pytest.mark.parametrize(
    ("field", "typed"),
    [("daily_count_max", "9" * 5000), ("max_amount", "1e5000"), ("max_amount", "1e999999")],
)
def test_limits_beyond_all_measure_come_back(as_ada, agent, field, typed):
    answer = as_ada.post(at("action", agent, "stripe.refund"), {field: typed, "currency": "EUR"})
    assert answer.status_code == 422


def test_odd_digits_are_words_like_others(as_ada, agent):
    assert as_ada.get("/search/?q=5²").status_code == 200
    assert as_ada.post(at("setup_questions", agent), LOOK | {"do": "remove-²"}).status_code == 200


def test_the_last_page_asks_the_heading_not_its_path(agent):
    source = sources.add_source(agent, kind="text", config={"text": "x"})
    filler = " ".join(["word"] * 700)
    text = f"# Shipping\n\n{filler}\n\n## Do you ship to Norway?\n\nYes. {filler}"
    indexing.learn_document(source, external_id="a", title="Help", text=text)
    assert "Do you ship to Norway?" in finishing.questions(agent)


def test_a_page_is_looked_at_for_the_snippet(as_ada, agent, settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]
    with Site() as site:
        line = f'<script async src="{settings.BASE_URL}/widget.js" data-agent="{agent.public_id}"></script>'
        good = site.put("/good", f"<html>{line}</html>", media_type="text/html; charset=klingon")
        bare = site.put("/bare", "<html><script src='http://['data-agent='x'></script></html>")
        assert "is on this page" in as_ada.post(at("check_page", agent), {"page": good}).content.decode()
        assert (
            "does not contain the snippet"
            in as_ada.post(at("check_page", agent), {"page": bare}).content.decode()
        )
    assert as_ada.post(at("check_page", agent), {"page": ""}).status_code == 422


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
