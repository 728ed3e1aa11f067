"""The conformance kit lets good plugins pass and names what is wrong with each bad one."""

import time

import pytest
from berrydesk_sdk import (
    Action,
    Effect,
    Identity,
    NoSettings,
    Outcome,
    Preview,
    Retryable,
    VisitorError,
    testing,
)
from berrydesk_stripe.refund import Refund, Settings
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from tests.peers import stripe as stripe_peer

NOWHERE = "http://127.0.0.1:9"


class Keys(BaseModel):
    secret_key: SecretStr = Field(SecretStr("sk_very_secret"), title="Key")


class Water(Action):
    """Water a plant of the garden."""

    identity = Identity.CLAIMED
    examples = ["Water my plant"]
    Settings = Keys

    class Parameters(BaseModel):
        model_config = ConfigDict(extra="forbid")
        plant: str = Field("fern", description="Which plant", max_length=40)

    def __init__(self):
        self.watered = {}

    def preview(self, context, parameters):
        return Preview("Water it", rows=(("Plant", parameters.plant),), subject=parameters.plant)

    def perform(self, context, parameters):
        self.watered[context.run_id] = parameters.plant
        return Outcome.succeeded(f"water-{context.run_id}", "It was watered.")

    def reconcile(self, context, run):
        return Outcome.succeeded(f"water-{run.id}", "It was watered.") if run.id in self.watered else None


def tried(action_class):
    testing.check_declaration(action_class)
    return testing.check_run(action_class(), action_class.Settings(), action_class.Parameters())


def test_a_good_one_passes():
    assert tried(Water).reference == "water-run-1"
    assert (Water.title, Water.description) == ("Water", "Water a plant of the garden.")
    assert len(testing.CHECKS) >= 25


class NoExamples(Water):
    examples = []


class LongTitle(Water):
    title = "Water " * 40


class WrongEffect(Water):
    effect = "write"


class AnonymousMoney(Water):
    effect = Effect.MONEY
    identity = Identity.ANONYMOUS


class WrongModel(Water):
    Parameters = dict


class NeedsArguments(Water):
    def __init__(self, garden):
        self.garden = garden


class TakesTooLittle(Water):
    def perform(self, parameters):
        return Outcome.succeeded("1", "Done.")


class WantsMore(Water):
    def reconcile(self, context, run, shop):
        return None


class NamesOnly(Water):
    def check(self, *, settings):
        return "Ready."


class Awaits(Water):
    async def perform(self, context, parameters):
        return Outcome.succeeded("1", "Done.")


class Yields(Water):
    def preview(self, context, parameters):
        yield Preview("Water it", subject="x")


class PlainSecret(Water):
    class Settings(BaseModel):
        api_key: str = Field("k", title="Key")


class AsksForPassword(Water):
    class Parameters(BaseModel):
        model_config = ConfigDict(extra="forbid")
        password: str = Field("", description="Password", max_length=40)


class AsksWhoOneIs(Water):
    class Parameters(BaseModel):
        model_config = ConfigDict(extra="forbid")
        user_id: str = Field("", description="Who", max_length=40)


class TakesAnything(Water):
    class Parameters(BaseModel):
        plant: str = Field("fern", description="Which plant", max_length=40)


class Unbounded(Water):
    class Parameters(BaseModel):
        model_config = ConfigDict(extra="forbid")
        plant: str = Field("fern", description="Which plant")


class Unexplained(Water):
    class Parameters(BaseModel):
        model_config = ConfigDict(extra="forbid")
        plant: str = Field("fern", max_length=40)


class CannotTell(Water):
    reconcile = Action.reconcile


class NoCard(Water):
    def preview(self, context, parameters):
        return {"title": "Water it"}


class FreeMoney(Water):
    effect = Effect.MONEY


class FloatMoney(Water):
    effect = Effect.MONEY

    def preview(self, context, parameters):
        return Preview("Water", amount_minor=1.5, currency="EUR", subject="x")


class NoSubject(Water):
    def preview(self, context, parameters):
        return Preview("Water it")


class PreviewDoesIt(Water):
    def preview(self, context, parameters):
        self.watered[len(self.watered)] = 1
        return Preview(f"Water it, {len(self.watered)}", subject="x")


class LeakyCard(Water):
    def preview(self, context, parameters):
        return Preview(f"Key {context.settings.secret_key.get_secret_value()}", subject="x")


class LeakyOutcome(Water):
    def perform(self, context, parameters):
        return Outcome.succeeded("1", "Done with " + context.settings.secret_key.get_secret_value())


class Silent(Water):
    def perform(self, context, parameters):
        return Outcome.succeeded("1")


class NoReference(Water):
    def perform(self, context, parameters):
        return Outcome.succeeded(message="Done.")


class NotJson(Water):
    def perform(self, context, parameters):
        return Outcome.succeeded("1", "Done.", when=time)


class Forgetful(Water):
    def reconcile(self, context, run):
        return None


class RemembersTooMuch(Water):
    def reconcile(self, context, run):
        return Outcome.succeeded("old", "It was watered.")


class Twice(Water):
    def perform(self, context, parameters):
        self.watered[context.run_id] = self.watered.get(context.run_id, 0) + 1
        return Outcome.succeeded(f"water-{self.watered[context.run_id]}", "It was watered.")

    def reconcile(self, context, run):
        return Outcome.succeeded("water-1", "It was watered.") if run.id in self.watered else None


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (NoExamples, "Give examples"),
        (LongTitle, "one short line"),
        (WrongEffect, "effect is one of"),
        (AnonymousMoney, "more than ANONYMOUS"),
        (WrongModel, "pydantic model"),
        (NeedsArguments, "without arguments"),
        (TakesTooLittle, r"calls perform\(context, parameters\), and perform does not take that"),
        (WantsMore, "missing a required argument: 'shop'"),
        (NamesOnly, "check does not take that"),
        (Awaits, "perform is called without await"),
        (Yields, "preview returns, it does not yield"),
        (PlainSecret, "SecretStr"),
        (AsksForPassword, "Never ask a visitor"),
        (AsksWhoOneIs, "from the context"),
        (TakesAnything, "nobody declared"),
        (Unbounded, "Bound plant"),
        (Unexplained, "Say what plant is"),
        (CannotTell, "Write reconcile"),
        (NoCard, "returns a Preview"),
        (FreeMoney, "names its amount"),
        (FloatMoney, "amount as an int"),
        (NoSubject, "Name the subject"),
        (PreviewDoesIt, "preview changed something"),
        (LeakyCard, "secret_key is told"),
        (LeakyOutcome, "secret_key is told"),
        (Silent, "has a message"),
        (NoReference, "Name the reference"),
        (NotJson, "only what JSON can"),
        (Forgetful, "reconcile finds it"),
        (RemembersTooMuch, "Nothing happened yet"),
        (Twice, "made two things"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_each_bad_one_is_told_what_is_wrong(bad, says):
    with pytest.raises(AssertionError, match=says):
        tried(bad)


def test_a_refusal_is_a_sentence_for_the_visitor():
    class Refuses(Water):
        def preview(self, context, parameters):
            raise VisitorError("That plant was watered already.")

    class Crashes(Water):
        def preview(self, context, parameters):
            raise KeyError("plant")

    asked = Water.Parameters()
    assert "already" in testing.check_refusal(Refuses(), Keys(), asked)
    for bad, says in ((Crashes, "not KeyError"), (Water, "cannot be done")):
        with pytest.raises(AssertionError, match=says):
            testing.check_refusal(bad(), Keys(), asked)


class LookAtPlant(Water):
    effect = Effect.READ
    preview, reconcile = Action.preview, Action.reconcile

    def perform(self, context, parameters):
        return Outcome.succeeded(message=f"The {parameters.plant} is green.")


def test_a_look_up_needs_no_preview_to_refuse():
    class Refuses(LookAtPlant):
        def perform(self, context, parameters):
            raise VisitorError("There is no such plant.")

    class TellsIt(LookAtPlant):
        def perform(self, context, parameters):
            return Outcome.failed("There is no such plant here.")

    class Crashes(LookAtPlant):
        def perform(self, context, parameters):
            raise KeyError("plant")

    asked = Water.Parameters()
    assert testing.check_refusal(Refuses(), Keys(), asked) == "There is no such plant."
    assert testing.check_refusal(TellsIt(), Keys(), asked) == "There is no such plant here."
    for bad, says in ((Crashes, "not KeyError"), (LookAtPlant, "perform raises VisitorError")):
        with pytest.raises(AssertionError, match=says):
            testing.check_refusal(bad(), Keys(), asked)


def test_a_look_up_needs_no_preview_and_no_check_when_nobody_answers():
    class Away(LookAtPlant):
        def perform(self, context, parameters):
            raise Retryable("Nobody answers.")

    class Careless(Away):
        def check(self, settings):
            return "Ready, I guess."

    class Crashes(LookAtPlant):
        def perform(self, context, parameters):
            raise KeyError("plant")

    asked = Water.Parameters()
    testing.check_away(Away(), Keys(), asked)
    for bad, says in (
        (LookAtPlant, "perform cannot have worked"),
        (Careless, "check cannot have worked"),
        (Crashes, "perform raises Retryable, Unknown or SetupError when nobody answers, not KeyError"),
    ):
        with pytest.raises(AssertionError, match=says):
            testing.check_away(bad(), Keys(), asked)


def test_what_has_no_check_of_its_own_is_not_asked_for_one_when_nobody_answers():
    class Away(Water):
        def preview(self, context, parameters):
            raise Retryable("Nobody answers.")

        perform = reconcile = preview

    testing.check_away(Away(), Keys(), Water.Parameters())


def test_who_did_not_ask_cannot_say_that_it_did_not_happen():
    class Sloppy(Water):
        def preview(self, context, parameters):
            raise Retryable("Nobody answers.")

        perform = preview

        def check(self, settings):
            raise Retryable("Nobody answers.")

    with pytest.raises(AssertionError, match="nobody knows"):
        testing.check_away(Sloppy(), NoSettings(), Water.Parameters())


def test_refunds_keep_what_holds_when_nobody_answers():
    away = Settings(secret_key="sk_test_very_secret", api_base=NOWHERE)
    testing.check_away(Refund(), away, Refund.Parameters(payment="NL-1000"))


def test_a_refund_that_cannot_be_made_is_refused_in_a_sentence():
    with stripe_peer.running() as shop:
        said = testing.check_refusal(
            Refund(), Settings(**shop.settings), Refund.Parameters(payment="NL-1000")
        )
    assert "NL-1000" in said
