"""Questions without an answer, over the API."""

import pytest

from apps.knowledge import tasks
from apps.knowledge.missing import asking
from apps.knowledge.question_models import QuestionCheck
from berrydesk.db.scopes import in_workspace


@pytest.fixture
def lumi(adas):
    return adas.post("/agents", {"name": "Lumi"}).json()["id"]


def test_what_is_missing_is_listed_answered_and_dismissed(adas, ada, mallorys, lumi):
    text = "We ship parcels within three days. Shipping costs €4.90 for every parcel."
    adas.post(
        f"/agents/{lumi}/documents:batch",
        {"documents": [{"external_id": "a", "title": "Shipping", "text": text}]},
    )
    with in_workspace(ada.workspace):
        row = QuestionCheck.objects.select_related("agent").get()
        asking.ask(row.agent, in_s=0)
        tasks.check_questions(str(ada.workspace_id), str(row.pk))
    path = f"/agents/{lumi}/questions"
    missing = adas.get(f"{path}?answerable=false").json()["items"]
    known = adas.get(f"{path}?answerable=true").json()["items"]
    assert "Do you give a warranty?" in [q["question"] for q in missing]
    assert "How much does shipping cost?" in [q["question"] for q in known]
    first, second = missing[0]["id"], missing[1]["id"]
    assert mallorys.post(f"{path}/{first}/answer", {"answer": "x"}).status_code == 404
    assert adas.post(f"{path}/{first}/answer", {"answer": ""}).status_code == 422
    assert adas.post(f"{path}/{first}/answer", {"answer": "Two years."}).json()["answerable"]
    assert adas("DELETE", f"{path}/{second}").status_code == 204
    left = [q["id"] for q in adas.get(f"{path}?answerable=false").json()["items"]]
    assert first not in left and second not in left
