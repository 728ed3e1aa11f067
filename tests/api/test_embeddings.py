"""Embeddings of the owner's choice over the API."""

import pytest

from apps.knowledge.space_models import EmbeddingSpace
from tests.knowledge.embeddings.conftest import PAGES, peer, server, taught, work  # noqa: F401 — fixtures

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_model_is_chosen_watched_and_searched_with(adas, taught, server):  # noqa: F811
    path = f"/agents/{taught.pk}"
    assert adas.get(path).json()["embeddings"] is None
    said = adas.patch(path, {"embeddings": "custom/words-96"}).json()
    assert said["embeddings"] is None
    assert said["embeddings_next"] == {
        "model": "custom/words-96",
        "embedded": 0,
        "passages": len(PAGES),
        "failed": False,
        "problem": None,
    }
    work(EmbeddingSpace.objects.get())
    said = adas.get(path).json()
    assert (said["embeddings"], said["embeddings_next"]) == ("custom/words-96", None)
    found = adas.post(f"{path}/search", {"query": "Have you got sneakers?"}).json()["passages"]
    assert found[0]["document"]["external_id"] == "shoes"
    assert adas.patch(path, {"embeddings": ""}).json()["embeddings"] is None
    assert not EmbeddingSpace.objects.kept().exists()


def test_a_model_that_makes_no_embeddings_is_refused_and_nothing_changes(adas, taught, server, peer):  # noqa: F811
    peer.answers = [(404, {})]
    answer = adas.patch(f"/agents/{taught.pk}", {"embeddings": "custom/chat-only", "name": "Other"})
    assert answer.status_code >= 400
    assert "no embedding model called chat-only" in answer.json()["detail"]
    assert not EmbeddingSpace.objects.exists()
    assert adas.get(f"/agents/{taught.pk}").json()["name"] == "Lumi"


def test_a_model_of_nobody_connected_is_refused(adas, taught):  # noqa: F811
    answer = adas.patch(f"/agents/{taught.pk}", {"embeddings": "openai/text-embedding-3-small"})
    assert answer.status_code == 422
