"""Finished turns as OpenTelemetry traces, for operators who watch several programs in one place.

Off unless ``OTEL_EXPORTER_OTLP_ENDPOINT`` names a collector (OTLP over HTTP). What anybody wrote stays here: a
span says which stage it was, how long it took, and what a model call used. The rows are the truth; what a
collector that is away misses is not sent again. Names follow OpenTelemetry's conventions for generative AI.
"""

from functools import cache

from django.conf import settings


def export(turn, trace):
    """Hand the turn and its steps to the exporter, which sends in a thread of its own; never raises for the network."""
    if not settings.OTLP_ENDPOINT:
        return
    from opentelemetry import trace as otel

    tracer = _provider().get_tracer("berrydesk")
    root = tracer.start_span("turn", start_time=_ns(turn.created_at), attributes=_of_turn(turn))
    inside = otel.set_span_in_context(root)
    for step in trace.steps:
        began = _ns(step.started_at)
        span = tracer.start_span(step.stage, inside, start_time=began, attributes=_of_step(step))
        if "failed" in step.output:
            span.set_status(otel.StatusCode.ERROR, step.output["failed"])
        span.end(began + step.ms * 1_000_000)
    root.end(_ns(turn.finished_at))


@cache
def _provider():
    """Made in the process that uses it: a worker's children do not share their parent's threads."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "berrydesk"}))
    address = f"{settings.OTLP_ENDPOINT.rstrip('/')}/v1/traces"
    provider.add_span_processor(
        BatchSpanProcessor(OTLPSpanExporter(endpoint=address), schedule_delay_millis=1000)
    )
    return provider


def _of_turn(turn):
    return _known(
        {
            "berrydesk.workspace": str(turn.workspace_id),
            "berrydesk.conversation": str(turn.conversation_id),
            "berrydesk.turn": str(turn.pk),
            "berrydesk.outcome": str(turn.outcome),
            "berrydesk.first_words_ms": turn.first_token_ms,
            "berrydesk.cost_usd": None if turn.cost is None else float(turn.cost),
            "gen_ai.response.model": turn.model or None,
        }
    )


def _of_step(step):
    return _known(
        {
            "gen_ai.request.model": step.input.get("model"),
            "gen_ai.usage.input_tokens": step.prompt_tokens,
            "gen_ai.usage.output_tokens": step.completion_tokens,
            "berrydesk.cost_usd": None if step.cost is None else float(step.cost),
        }
    )


def _known(attributes):
    return {name: value for name, value in attributes.items() if value is not None}


def _ns(moment):
    return int(moment.timestamp() * 1_000_000_000)
