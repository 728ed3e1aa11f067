"""An agent that knows some pages, and an embedding server of its owner's own."""

import pytest
from django.db import connection as database

from apps.knowledge import batching, tasks
from apps.knowledge.embeddings import choosing
from apps.knowledge.models import Passage
from apps.knowledge.space_models import EmbeddingSpace, SpaceBlock, SpaceVector
from apps.routing import embedders, gateway
from tests.peers.embedder import Embedder

PAGES = {
    "shoes": "Our shoes are made of leather by hand.",
    "delivery": "Delivery within Norway takes three days.",
    "lamp": "The lamp comes with a bulb and a spare fuse.",
    "boat": "A boat needs a licence on the lake.",
}


@pytest.fixture
def peer():
    with Embedder() as running:
        gateway.warm_now()
        yield running


@pytest.fixture
def taught(agent):
    learn(agent, **PAGES)
    return agent


@pytest.fixture
def server(taught, peer):
    """The peer as a connection for embeddings."""
    return embedders.connect(taught.workspace, service="custom", base_url=peer.url, model="words-96")


def learn(agent, **pages):
    batching.batch(agent, [{"external_id": name, "title": "", "text": text} for name, text in pages.items()])


def learn_many(agent, count):
    learn(agent, **{f"page-{n}": f"The number of this page is {n} and nothing else." for n in range(count)})


def chosen(agent, server, model="words-96"):
    return choosing.choose(agent, server, model)


def work(space):
    """One run of a worker, as the pulse sends it when the row is free; returns the row as it is then."""
    tasks.embed_passages(str(space.workspace_id), str(space.pk))
    return EmbeddingSpace.objects.filter(pk=space.pk).first()


def wait_is_over(space):
    """The time that a space rests has passed."""
    EmbeddingSpace.objects.filter(pk=space.pk).update(lease_until=None)


def seconds_to_wait(space):
    """For how long no worker takes the space."""
    with database.cursor() as cursor:
        sql = f"SELECT extract(epoch FROM lease_until - clock_timestamp()) FROM {EmbeddingSpace._meta.db_table} WHERE id = %s"
        return float(cursor.execute(sql, [space.pk]).fetchone()[0] or 0)


def embedded(space):
    """The passages that have their vector."""
    return set(
        SpaceVector.objects.filter(space=space).values_list("passage__document__external_id", flat=True)
    )


def is_whole(space):
    """Every passage has one vector and stands once in the signs."""
    numbers = set(Passage.objects.filter(agent=space.agent_id).values_list("number", flat=True))
    rows = list(SpaceVector.objects.filter(space=space).values_list("passage_id", flat=True))
    signs = sum(len(bytes(row.offsets)) // 2 for row in SpaceBlock.objects.filter(space=space))
    return sorted(numbers) == sorted(rows) and signs == len(numbers)
