"""A product feed: fetched whole, each product a document, unchanged ones skipped by what they say."""

import hashlib
import json

from apps.knowledge import errors
from apps.knowledge.connectors.feed import telling
from apps.knowledge.connectors.outcome import Outcome

LIMIT_BYTES = 100 * 1024 * 1024
TIME_S = 120
ACCEPT = "application/xml,application/rss+xml,application/json,text/csv,*/*;q=0.5"


def walk(source, bench):
    """An outcome per product. Raises an ``OwnerError`` when the feed as a whole cannot be read."""
    url = source.config["url"]
    answer = bench.fetcher.fetch(url, limit_bytes=LIMIT_BYTES, time_s=TIME_S, accept=ACCEPT)
    read = bench.parser.feed(answer.body, url=url, charset=answer.charset).about
    known = dict(source.documents.learned().values_list("external_id", "version"))
    settled = set(source.visits.exclude(done_at=None).values_list("key", flat=True))
    for product in {one["id"]: one for one in read["products"]}.values():
        name = product["id"]
        if name in settled:
            continue
        version = hashlib.sha256(json.dumps(product, sort_keys=True).encode()).hexdigest()
        if known.get(name) == version:
            yield Outcome(external_id=name, unchanged=True)
            continue
        title, text, language, facts = telling.tell(product)
        yield Outcome(
            external_id=name,
            title=title,
            url=product.get("url", ""),
            text=text,
            language=language,
            version=version,
            facts=facts,
        )
    if read["lost"]:
        problem = errors.ProductsWithoutName(count=read["lost"])
        yield Outcome(external_id="without-name", title=source.name, problem=problem)
