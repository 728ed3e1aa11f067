"""The values of an action's parameters, found in what a visitor said by each parameter's own pattern."""

import re
from typing import Literal, get_args, get_origin

_ADDRESS = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
)  # RFC 5321, 4.5.3.1.1: 64 before the @
_ADDRESS_NAMED = re.compile(r"(?i)e-?mail|\bmail\b|@|correo|courriel")
_ABOUT_ADDRESS = re.compile(
    r"(?i)\b(?:my|the|it|its|it's|is|an?|this|here|e-?mail|mail|address|meine?|die|ist|adresse|mi|el|es|correo|dirección|mon|est|courriel|at)\b"
)

NEAR = 20
"""Characters before a value in which its name may stand: "order number NL-20418"."""


def found_in(action, text, *, optional_only=False):
    """Parameter name to value, for each that ``text`` says without doubt.

    An optional one is read only where it declares ``said_as``, because most numbers mean something else.
    """
    fields = action.Parameters.model_fields
    found, whole = {}, text
    text = _ADDRESS.sub(" ", text)  # the digits of an address are no order number
    for name, field in fields.items():  # what is said in a form of its own cannot be anything else
        said_as = _said_as(field)
        if said_as and not (optional_only and field.is_required()):
            hits = list(re.finditer(said_as, text))
            if len({_value(hit) for hit in hits}) == 1:
                found[name] = _value(hits[0])
            text = re.sub(said_as, " ", text)
    for name, field in fields.items():
        if field.is_required() and name not in found and not optional_only:
            value = _required(field, whole if _wants_address(name, field) else text)
            if value is not None:
                found[name] = value
    return found


def lacking(action, found):
    """The names of required parameters that ``found`` does not hold."""
    return [
        n for n, field in action.Parameters.model_fields.items() if field.is_required() and n not in found
    ]


def is_free_text(action, name):
    """True when any words are a value of the parameter."""
    field = action.Parameters.model_fields[name]
    return field.annotation is str and _pattern(field) is None


def is_no_value(action, name, text):
    """True when ``text`` says an e-mail address and nothing else, and the parameter is not one."""
    if _wants_address(name, action.Parameters.model_fields[name]) or not _ADDRESS.search(text):
        return False
    return not re.search(r"\w", _ABOUT_ADDRESS.sub(" ", _ADDRESS.sub(" ", text)))


def words_of(action):
    """What required parameters are called, as one text."""
    fields = action.Parameters.model_fields.items()
    return " ".join(
        f"{name.replace('_', ' ')} {field.title or ''}" for name, field in fields if field.is_required()
    )


def _required(field, text):
    if get_origin(field.annotation) is Literal:
        options = [
            o for o in get_args(field.annotation) if re.search(rf"\b{re.escape(str(o))}\b", text, re.I)
        ]
        return options[0] if len(options) == 1 else None
    if field.annotation is int:
        pattern = r"(?<![\w.,])\d{1,12}(?![\w]|[.,]\d)"
    else:
        pattern = _pattern(field)
    if pattern is None:
        return None
    hits = list(re.finditer(pattern, text))
    if len({hit.group(0) for hit in hits}) > 1:
        named = re.compile("|".join(map(re.escape, (field.title or "").lower().split())) or r"(?!)")
        hits = [hit for hit in hits if named.search(text[max(0, hit.start() - NEAR) : hit.start()].lower())]
    return hits[0].group(0) if len({hit.group(0) for hit in hits}) == 1 else None


def _wants_address(name, field):
    """Whether a parameter is an e-mail address, or may hold one."""
    return bool(
        _ADDRESS_NAMED.search(f"{name} {field.title or ''} {field.description or ''} {_pattern(field) or ''}")
    )


def _said_as(field):
    extra = field.json_schema_extra
    return extra.get("said_as") if isinstance(extra, dict) else None


def _value(hit):
    return next((group for group in hit.groups() if group), hit.group(0))


def _pattern(field):
    """The field's own pattern, for a value that stands among other words."""
    own = next((m.pattern for m in field.metadata if getattr(m, "pattern", None)), None)
    if own is None:
        return None
    own = own if isinstance(own, str) else own.pattern
    return rf"(?<![\w#-])(?:{own.removeprefix('^').removesuffix('$')})(?![\w-]|[.,]\d)"
