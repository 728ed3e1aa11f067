"""Server-Sent Events of the API."""

import json

from django.http import StreamingHttpResponse

from apps.api import problems


def frame(name, data, position):
    """One event; its id resumes behind it."""
    return f"id: {position}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False, default=str)}\n\n"


HEARTBEAT = ": still here\n\n"


def stream(request, events):
    """A response that tells ``(name, data, position)`` as they come; whatever breaks ends it with ``error``."""

    async def told():
        position = ""
        try:
            async for event in events:
                if event is None:
                    yield HEARTBEAT
                    continue
                name, data, position = event
                yield frame(name, data, position)
        except Exception as error:
            problem = json.loads(problems.of_exception(request, error).content)
            yield frame("error", problem, position)

    response = StreamingHttpResponse(told(), content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    response["Content-Encoding"] = "identity"  # a compressor would hold words back
    return response
