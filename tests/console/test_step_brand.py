"""Step 3: the look."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.console.addresses import at

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


def test_odd_digits_are_words_like_others(as_ada, agent):
    assert as_ada.get("/search/?q=5²").status_code == 200
    assert as_ada.post(at("setup_questions", agent), LOOK | {"do": "remove-²"}).status_code == 200
