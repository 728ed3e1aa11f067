"""An answer that should be one JSON object: models like to wrap it, or to say something else."""

import json
import re

_FENCE = re.compile(r"\A```(?:json)?\s*(.*?)\s*```\Z", re.DOTALL)


def as_object(said):
    """The JSON object that ``said`` is, alone or in a code block; None for anything else."""
    words = said.strip()
    fenced = _FENCE.match(words)
    try:
        found = json.loads(fenced.group(1) if fenced else words)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
