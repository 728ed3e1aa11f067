"""What the conformance kit looks at in an action's class: words for people, models with words, nothing a visitor may choose."""

import json
import math

from pydantic import BaseModel, ValidationError

from berrydesk_sdk.actions import Action, Effect, Identity
from berrydesk_sdk.testing_calls import SECRET_LIKE, accepts

BOUND_BY_SERVER = (
    "contact",
    "contact_id",
    "customer_id",
    "user_id",
    "identity",
    "idempotency_key",
    "workspace",
)
GIVEN = {
    "preview": ("context", "parameters"),
    "perform": ("context", "parameters"),
    "reconcile": ("context", "run"),
    "check": ("settings",),
    "erase": ("settings", "subject"),
}
"""What Berrydesk hands to each method of an action."""
ODD_VALUES = ("", "\x00", "x" * 100_000, "'; DROP TABLE orders; --", "../../etc/passwd", "{{7*7}}", "\u202e1")


def is_an_action(action_class):
    """It is a subclass of Action."""
    assert isinstance(action_class, type) and issubclass(action_class, Action), (
        "Subclass berrydesk_sdk.Action."
    )


def starts_without_arguments(action_class):
    """Berrydesk makes it without arguments; everything else comes with the context."""
    try:
        action_class()
    except TypeError as error:
        raise AssertionError("It must be made without arguments.") from error


def takes_what_it_is_given(action_class):
    """Each method takes what Berrydesk hands it, in that order, and is a plain function."""
    accepts(action_class(), GIVEN)


def has_words_for_people(action_class):
    """It has a short title and a description that says when to use it."""
    assert action_class.title and action_class.description, "Give it a title and a description."
    assert len(action_class.title) <= 60 and "\n" not in action_class.title, (
        "Keep the title to one short line."
    )


def has_effect_and_identity(action_class):
    """It says what it does to the world and who may ask."""
    assert isinstance(action_class.effect, Effect), "effect is one of Effect."
    assert isinstance(action_class.identity, Identity), "identity is one of Identity."
    if action_class.effect is Effect.MONEY:
        assert action_class.identity is not Identity.ANONYMOUS, (
            "Money asks for more than ANONYMOUS by default."
        )


def has_models(action_class):
    """Parameters and Settings are pydantic models whose schemas can be made."""
    for name in ("Parameters", "Settings"):
        model = getattr(action_class, name)
        assert isinstance(model, type) and issubclass(model, BaseModel), f"{name} is a pydantic model."
        json.dumps(model.model_json_schema())


def explains_each_parameter(action_class):
    """Each parameter says what it is: models and visitors read it."""
    for name, found in action_class.Parameters.model_fields.items():
        assert found.description, f"Say what {name} is: Field(description=…)."


def explains_each_setting(action_class):
    """Each setting has a label for the owner's form."""
    for name, found in action_class.Settings.model_fields.items():
        assert found.title or found.description, f"Give the setting {name} a title."


def hides_secrets(action_class):
    """A setting that sounds like a secret is a SecretStr, and no parameter asks for one."""
    for name, found in action_class.Settings.model_fields.items():
        if SECRET_LIKE.search(name):
            assert "SecretStr" in str(found.annotation), f"Make the setting {name} a SecretStr."
    for name in action_class.Parameters.model_fields:
        assert not SECRET_LIKE.search(name), f"Never ask a visitor for {name}: make it a setting."


def refuses_undeclared_parameters(action_class):
    """What nobody declared is refused."""
    assert action_class.Parameters.model_config.get("extra") == "forbid", (
        "Refuse parameters nobody declared: model_config = ConfigDict(extra='forbid')."
    )


def leaves_identity_to_the_server(action_class):
    """Who asks comes with the context; a model must not be able to choose it."""
    for name in action_class.Parameters.model_fields:
        assert name not in BOUND_BY_SERVER, f"{name} is not a parameter: take it from the context."


def has_examples(action_class):
    """There are sentences with which visitors ask for it."""
    assert action_class.examples, "Give examples: an agent without a model recognises the action by them."
    assert all(isinstance(text, str) and len(text) <= 200 for text in action_class.examples), (
        "Examples are sentences."
    )


def bounds_each_text(action_class):
    """Each required text has a pattern or a length: a visitor may send anything."""
    schema = (
        action_class.Parameters.model_json_schema()["properties"]
        if action_class.Parameters.model_fields
        else {}
    )
    for name in schema:
        kinds = [schema[name], *schema[name].get("anyOf", [])]
        for kind in kinds:
            if kind.get("type") == "string":
                assert {"pattern", "maxLength", "enum", "const", "format"} & set(kind), (
                    f"Bound {name}: Field(pattern=…) or Field(max_length=…)."
                )


def survives_odd_values(action_class):
    """Odd values are refused by the model, or taken as they are; nothing else is raised."""
    for name in action_class.Parameters.model_fields:
        for value in (*ODD_VALUES, -1, 10**30, math.nan, None, [], {}):
            try:
                action_class.Parameters.model_validate({name: value})
            except ValidationError:
                continue


def can_say_what_happened(action_class):
    """What changes something overrides preview, perform and reconcile."""
    needed = ["perform"] if action_class.effect is Effect.READ else ["preview", "perform", "reconcile"]
    for name in needed:
        assert getattr(action_class, name) is not getattr(Action, name), f"Write {name}."


DECLARATION = (
    is_an_action,
    starts_without_arguments,
    takes_what_it_is_given,
    has_words_for_people,
    has_effect_and_identity,
    has_models,
    explains_each_parameter,
    explains_each_setting,
    hides_secrets,
    refuses_undeclared_parameters,
    leaves_identity_to_the_server,
    has_examples,
    bounds_each_text,
    survives_odd_values,
    can_say_what_happened,
)
