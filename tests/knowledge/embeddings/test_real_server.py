"""A real model behind llama.cpp's server: SmolLM2 was not made for embeddings, but the server is what owners run."""

import pytest

from apps.knowledge.embeddings import asking, choosing
from apps.knowledge.retrieval import searching
from apps.knowledge.space_models import SpaceVector
from apps.routing import embedders, gateway
from tests.knowledge.embeddings.conftest import is_whole, learn, work
from tests.peers import smollm

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def llama():
    with smollm.running(embeds=True) as url:
        gateway.warm_now()
        yield url


def test_pages_are_embedded_and_searched_by_a_real_server(taught, llama):
    learn(taught, long=" ".join(f"Rule {n} says that shelf {n} holds {n} boxes." for n in range(110)))
    server = embedders.connect(taught.workspace, service="custom", base_url=llama, model="smollm2")
    space = choosing.choose(taught, server, "smollm2")
    assert space.dimensions == 576
    space = work(space)
    assert space.problem is None and space.ready_at and is_whole(space)
    text = (
        SpaceVector.objects.select_related("passage").get(passage__document__external_id="lamp").passage.text
    )
    meant = asking.of_questions_now(taught, [text], limit_s=20)
    assert meant.problem is None, meant.problem
    assert len(meant.of(text)) == 576
    found = searching.search(taught, text, meant=meant)[0]
    assert (found.external_id, found.space_id) == ("lamp", space.pk)
