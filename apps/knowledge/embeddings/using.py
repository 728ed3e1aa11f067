"""What embeddings by a provider's model came to: each request at most once, with the answer that it brought."""

from decimal import Decimal

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from apps.knowledge.space_models import EmbeddingUse
from apps.routing import catalogue

QUARTER_MINUTES = 15

_NOTE = (
    "INSERT INTO {table} (workspace_id, agent_id, model, began_at, requests, tokens, cost, unpriced)"
    " VALUES (%s, %s, %s, %s, 1, %s, %s, %s) ON CONFLICT (agent_id, model, began_at) DO UPDATE SET"
    " requests = {table}.requests + 1, tokens = {table}.tokens + excluded.tokens,"
    " cost = {table}.cost + excluded.cost, unpriced = {table}.unpriced + excluded.unpriced"
)


def note(agent, choice, usage):
    """One request's ``Usage`` is on record, in the caller's transaction: call it once for each. Scope needed."""
    now = timezone.now()
    began_at = now.replace(minute=now.minute - now.minute % QUARTER_MINUTES, second=0, microsecond=0)
    is_unpriced = (
        usage.cost is None and choice.provider != catalogue.CUSTOM
    )  # a server of one's own asks for no money
    counted = (usage.prompt_tokens or 0, usage.cost or Decimal(0), int(is_unpriced))
    with connection.cursor() as cursor:
        sql = _NOTE.format(table=EmbeddingUse._meta.db_table)
        cursor.execute(sql, [agent.workspace_id, agent.pk, choice.model[:160], began_at, *counted])


def so_far(agent, model):
    """(tokens, US dollars) of all that the model embedded for the agent, as far as it was counted and prices are known."""
    rows = EmbeddingUse.objects.filter(agent=agent, model=model[:160])
    found = rows.aggregate(tokens=Sum("tokens"), cost=Sum("cost"))
    return found["tokens"] or 0, found["cost"] or Decimal(0)


def spent(since, until):
    """{"spent": US dollars, "unpriced": requests without a price} of the workspace in that time."""
    rows = EmbeddingUse.objects.filter(began_at__gte=since, began_at__lt=until)
    found = rows.aggregate(spent=Sum("cost"), unpriced=Sum("unpriced"))
    return {name: value or 0 for name, value in found.items()}
