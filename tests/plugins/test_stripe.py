"""The refund plugin against a real, stateful Stripe server."""

from datetime import UTC, datetime

import pytest
from berrydesk_sdk import Context, Identity, PastRun, Person, Preview, Retryable, Status, VisitorError
from berrydesk_sdk.testing import a_context, check_declaration, check_run
from berrydesk_stripe.refund import Refund, Settings

from tests.peers import stripe as stripe_peer


@pytest.fixture(scope="module")
def shop():
    with stripe_peer.running() as peer:
        yield peer


@pytest.fixture
def settings(shop):
    return Settings(**shop.settings)


VERA = Person(id="1", email="Vera@example.com")


def asked(**values):
    return Refund.Parameters(**values)


def test_it_declares_itself():
    check_declaration(Refund)


def test_it_keeps_the_contract(shop, settings):
    intent = shop.paid("NL-1000")
    outcome = check_run(Refund(), settings, asked(payment="NL-1000"), contact=VERA)
    assert outcome.status is Status.SUCCEEDED
    assert [r.amount for r in shop.refunds(intent)] == [4900]
    assert "€49.00" in outcome.message


def test_the_preview_names_amount_order_and_card(shop, settings):
    intent = shop.paid("NL-1001")
    preview = Refund().preview(a_context(settings, contact=VERA), asked(payment="#nl-1001", amount="12.50"))
    rows = dict(preview.rows)
    assert (preview.amount_minor, preview.currency) == (1250, "EUR")
    assert (rows["Amount"], rows["Order"], rows["To"]) == ("€12.50", "NL-1001", "Card ending in 4242")
    assert (
        preview.subject == intent.latest_charge.id
        if hasattr(intent.latest_charge, "id")
        else intent.latest_charge
    )


def test_orders_are_found_beyond_the_first_page(shop, settings):
    shop.paid("NL-1002")
    for number in range(105):
        shop.client.v1.payment_intents.create({"amount": 100 + number, "currency": "eur"})
    assert Refund().preview(a_context(settings), asked(payment="NL-1002")).amount_minor == 4900


def test_somebody_elses_payment_is_not_found(shop, settings):
    intent = shop.paid("NL-1003", email="mallory@example.com")
    for payment in ("NL-1003", intent.id):
        with pytest.raises(VisitorError, match="could not find a payment"):
            Refund().preview(a_context(settings, contact=VERA), asked(payment=payment))
    with pytest.raises(VisitorError, match="could not find a payment"):
        Refund().preview(a_context(settings, contact=VERA), asked(payment="pi_nothing"))


def test_who_is_known_by_neither_email_nor_id_finds_no_payment(shop, settings):
    shop.paid("NL-1010", customer_id="customer-7")
    nobody = Person(id="1", identity=Identity.VERIFIED)
    other = Person(id="1", external_id="customer-8", identity=Identity.VERIFIED)
    for person in (nobody, other):
        with pytest.raises(VisitorError, match="could not find a payment"):
            Refund().preview(a_context(settings, contact=person), asked(payment="NL-1010"))
        with pytest.raises(VisitorError, match="could not find a payment"):
            Refund().perform(a_context(settings, contact=person), asked(payment="NL-1010"))
    owner_tries = a_context(settings, contact=nobody, dry_run=True)
    assert Refund().preview(owner_tries, asked(payment="NL-1010")).amount_minor == 4900


def test_a_customer_without_an_email_is_known_by_the_shops_own_id(shop, settings):
    shop.paid("NL-1011", customer_id="customer-7")
    vera = Person(id="1", external_id="customer-7", identity=Identity.VERIFIED)
    assert Refund().preview(a_context(settings, contact=vera), asked(payment="NL-1011")).amount_minor == 4900


def test_no_more_than_was_paid(shop, settings):
    shop.paid("NL-1004", minor=1000)
    with pytest.raises(VisitorError, match="Only €10"):
        Refund().preview(a_context(settings), asked(payment="NL-1004", amount="10.01"))
    assert Refund().perform(a_context(settings, run_id="a"), asked(payment="NL-1004", amount="6")).reference
    with pytest.raises(VisitorError, match="Only €4"):
        Refund().perform(a_context(settings, run_id="b"), asked(payment="NL-1004", amount="6"))


def test_the_same_run_again_refunds_once(shop, settings):
    intent = shop.paid("NL-1005")
    done = [
        Refund().perform(a_context(settings, run_id="same"), asked(payment=intent.id, amount="5"))
        for _ in "ab"
    ]
    assert done[0].reference == done[1].reference and len(shop.refunds(intent)) == 1


def test_yen_has_no_decimals(shop, settings):
    shop.paid("JP-1006", minor=4900, currency="jpy")
    assert dict(Refund().preview(a_context(settings), asked(payment="JP-1006")).rows)["Amount"] == "¥4,900"
    with pytest.raises(VisitorError, match="decimals"):
        Refund().preview(a_context(settings), asked(payment="JP-1006", amount="10.5"))


def test_the_key_is_checked(shop, settings):
    assert "accepted" in Refund().check(settings)
    with pytest.raises(ValueError, match="sk_ or rk_"):
        Settings(secret_key="pk_test_1")
    with pytest.raises(Retryable, match="cannot be reached"):
        Refund().check(Settings(secret_key="sk_test_1", api_base="http://127.0.0.1:9"))


def test_another_account_does_not_know_what_happened(shop, settings):
    preview = Preview("Refund", subject="ch_of_another_account")
    run = PastRun("run-1", asked(payment="NL-1000"), "key-1", datetime.now(UTC))
    found = Refund().reconcile(Context(settings, confirmed=preview), run)
    assert found.status is Status.UNKNOWN


HOSTILE = [
    *(
        {"payment": text}
        for text in ("", " ", "NL", "NL-1", "pi_", "pi_a'b", "pi_a/b", "pi_a?x=1", "../v1/balance")
    ),
    *(
        {"payment": text}
        for text in ("ch_a\n", "ch_é", "NL-20418\n", "NL-20418 OR 1=1", "*", "x" * 500, "\x00", "１２３４５")
    ),
    *({"payment": thing} for thing in (None, 12345, 1.5, True, ["NL-1000"], {"a": 1}, b"NL-1000")),
    *(
        {"payment": "NL-1000", "amount": text}
        for text in ("-1", "+1", "1e3", "NaN", "Infinity", "0x10", "", " 1", "1 ")
    ),
    *(
        {"payment": "NL-1000", "amount": text}
        for text in ("1.2345", "1,000.00", "99999999", "１", "1\n", "€1", "1_0")
    ),
    *({"payment": "NL-1000", "amount": thing} for thing in (1, 1.5, True, [], {}, ["1"])),
    *({"payment": "NL-1000", "reason": thing} for thing in (None, 1, ["x"], "x" * 401)),
    *(
        {"payment": "NL-1000", name: "x"}
        for name in ("contact", "email", "currency", "api_base", "idempotency_key")
    ),
    {},
]


@pytest.mark.parametrize("arguments", HOSTILE, ids=lambda a: repr(a)[:60])
def test_hostile_arguments_are_refused(arguments):
    with pytest.raises(ValueError):
        asked(**arguments)


@pytest.mark.parametrize("amount", ["0", "0.00", "0,00"])
def test_nothing_is_not_an_amount(shop, settings, amount):
    intent = shop.paid("NL-1007")
    with pytest.raises(VisitorError, match="more than zero"):
        Refund().preview(a_context(settings), asked(payment=intent.id, amount=amount))
