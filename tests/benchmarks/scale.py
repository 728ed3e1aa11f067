"""Growth: how fast passages are learned and found, and with how much memory, as there are more of them."""

import concurrent.futures
import random
import time

import numpy
import psutil

from tests.benchmarks import quality
from tests.benchmarks.tables import percentile, show

SIZES = (2_000, 10_000)
"""Passages in a default run; ``python -m tests.benchmarks 10000 100000`` takes ten minutes or more."""

BATCH = 1000
WORDS, VOCABULARY, TOPICS = 60, 30_000, 2_000
AT_ONCE, ASKED, COMPARED = 10, 100, 50


def main(sizes=SIZES):
    """Print one row for each size; the database is thrown away afterwards."""
    quality.begin()
    rows = [_measured(size) for size in sizes]
    show(
        f"Growth of one agent's knowledge; {AT_ONCE} searches at once, each of all passages",
        (
            "passages",
            "learned a second",
            "in the last tenth",
            "memory, MB",
            "index, MB",
            "search alone, ms",
            "p95 at once, ms",
            "recall@10 to exact",
        ),
        rows,
    )


def _measured(size):
    from apps.knowledge import batching
    from berrydesk.db.scopes import in_workspace

    agent = quality.taught({"name": f"Scale {size}", "documents": [("first", "First", _text(0))]})
    memory = psutil.Process()
    with in_workspace(agent.workspace_id):
        took = []
        for start in range(0, size, BATCH):
            batch = [
                {"external_id": f"d{n}", "title": f"Article {n}", "text": _text(n)}
                for n in range(start, min(size, start + BATCH))
            ]
            began = time.monotonic()
            batching.batch(agent, batch)
            took.append((time.monotonic() - began) / len(batch))
        last = took[-max(1, len(took) // 10) :]
        recall, index_mb = _recall(agent), _index_mb(agent)
        alone = [_search_ms(agent, n) for n in range(20)]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        at_once = list(pool.map(lambda n: _search_ms(agent, n), range(ASKED)))
    return (
        size,
        f"{len(took) / sum(took):.0f}",
        f"{len(last) / sum(last):.0f}",
        memory.memory_info().rss // 2**20,
        index_mb,
        f"{percentile(alone, 0.5):.0f}",
        f"{percentile(at_once, 0.95):.0f}",
        f"{recall:.3f}",
    )


def _text(number):
    """Half of the words of a topic, the others as unevenly used as people use them (Zipf)."""
    from tests.benchmarks.running import WORDS as PLAIN

    chance = random.Random(number)
    topic = random.Random(chance.randrange(TOPICS)).sample(PLAIN, 8)
    words = [
        chance.choice(topic) if chance.random() < 0.5 else _word(int(VOCABULARY ** chance.random()))
        for _ in range(WORDS)
    ]
    return ". ".join(" ".join(words[n : n + 12]) for n in range(0, WORDS, 12)).capitalize() + "."


def _word(rank):
    from tests.benchmarks.running import WORDS as PLAIN

    return f"{PLAIN[rank % len(PLAIN)]}{PLAIN[rank // len(PLAIN) % len(PLAIN)] if rank >= len(PLAIN) else ''}"


def _question(number):
    return "How do I " + " ".join(_text(number * 97).split()[:9]).replace(".", "") + "?"


def _search_ms(agent, number):
    from django.db import connection

    from apps.knowledge.retrieval import searching
    from berrydesk.db.scopes import in_workspace

    with in_workspace(agent.workspace_id):
        connection.ensure_connection()  # a server's is open already
        began = time.monotonic()
        searching.search(agent, _question(number), limit=10)
        return (time.monotonic() - began) * 1000


def _recall(agent):
    """Of the ten nearest passages by the whole embeddings, the share that the signs find too."""
    from apps.knowledge.models import Passage
    from apps.knowledge.retrieval import meaning
    from berrydesk.text import embedding

    numbers, vectors = [], []
    for number, vector in Passage.objects.filter(agent=agent).values_list("number", "embedding").iterator():
        numbers.append(number)
        vectors.append(vector.to_numpy() if hasattr(vector, "to_numpy") else vector)
    numbers, matrix = numpy.array(numbers), numpy.array(vectors, numpy.float16)
    same = 0
    for n in range(COMPARED):
        asked = embedding.embed([_question(n)])[0]
        scores = numpy.concatenate(
            [part.astype(numpy.float32) @ asked for part in numpy.array_split(matrix, 16)]
        )
        exact = set(numbers[numpy.argsort(-scores, kind="stable")[:10]].tolist())
        same += len(exact & set(meaning.nearest(agent, asked, 10)))
    return same / (10 * COMPARED)


def _index_mb(agent):
    from django.db import connection

    from apps.knowledge.index_models import PassageWindows, SignBlock, TermBlock
    from apps.knowledge.models import Passage

    tables = [model._meta.db_table for model in (Passage, PassageWindows, SignBlock, TermBlock)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_total_relation_size(t::regclass)) FROM unnest(%s::text[]) t", [tables])
        return int(cursor.fetchone()[0]) // 2**20
