"""A refund happens once, whatever dies and whoever asks twice; the peer ignores idempotency keys."""

import http.server
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.actions import performing, running, tasks, wiring
from apps.actions.models import ActionRun
from apps.conversations import opening
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace
from berrydesk.plugins import calling
from tests.actions.conftest import soon

pytestmark = pytest.mark.django_db(transaction=True)


def confirmed(refunding, chat, contact, number, **more):
    run = running.propose(
        refunding, conversation=chat, turn=None, contact=contact, parameters={"payment": number, **more}
    )
    running.confirm(run)
    return run


def lose_lease(run):
    """Time passes until the lease of whoever had the run is over."""
    ActionRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def at_once(workspace, work, arguments):
    """Call ``work`` with each argument, all at the same time, in threads with connections of their own."""
    gate = threading.Barrier(len(arguments))

    def one(argument):
        try:
            with in_workspace(workspace):
                gate.wait()
                return work(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(one, arguments))


def test_a_crash_between_the_call_and_the_record(shop, refunding, chat, contact, order):
    run = confirmed(refunding, chat, contact, order[0])
    held = leases.take(ActionRun.objects.filter(pk=run.pk), for_s=30)
    performing._record(held, "running", started_at=timezone.now())
    action, context, parameters = performing._prepared(held)
    action.perform(context, parameters)  # and the process dies here
    assert running.perform(run.pk) is None, "Nobody else may begin while the lease holds."
    lose_lease(run)
    assert running.perform(run.pk).state == "succeeded"
    assert len(shop.refunds(order[1])) == 1


def test_a_crash_before_the_call(shop, refunding, chat, contact, order):
    run = confirmed(refunding, chat, contact, order[0])
    held = leases.take(ActionRun.objects.filter(pk=run.pk), for_s=30)
    performing._record(held, "running", started_at=timezone.now())
    lose_lease(run)
    done = running.perform(run.pk)
    assert (done.state, done.repeats) == ("succeeded", 1) and len(shop.refunds(order[1])) == 1
    assert done.idempotency_key == run.idempotency_key


def test_who_lost_the_lease_records_nothing(refunding, chat, contact, order):
    run = confirmed(refunding, chat, contact, order[0])
    held = leases.take(ActionRun.objects.filter(pk=run.pk), for_s=30)
    lose_lease(run)
    assert performing._record(held, "running") is None


def test_two_workers_and_ten_deliveries(scoped, shop, refunding, chat, contact, order):
    run = confirmed(refunding, chat, contact, order[0])
    at_once(scoped, running.perform, [run.pk] * 10)
    run.refresh_from_db()
    assert run.state == "succeeded" and len(shop.refunds(order[1])) == 1


def test_ten_clicks_are_one(scoped, shop, refunding, chat, contact, order):
    run = running.propose(
        refunding, conversation=chat, turn=None, contact=contact, parameters={"payment": order[0]}
    )
    at_once(scoped, running.confirm, [run] * 10)
    assert chat.events.filter(kind="action", data__state="confirmed").count() == 1
    running.perform(run.pk)
    assert len(shop.refunds(order[1])) == 1


def test_the_sweep_finds_a_run_whose_message_was_lost(refunding, chat, contact, order):
    confirmed(refunding, chat, contact, order[0])
    assert tasks.sweep() == 1


class Losing(http.server.BaseHTTPRequestHandler):
    """Passes requests on to Stripe and loses the answers to refunds."""

    to = ""
    lost = 0
    hang_s = 0

    def _pass(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        kept = {k: v for k, v in self.headers.items() if k.lower() in ("authorization", "content-type")}
        request = urllib.request.Request(self.to + self.path, data=body, headers=kept, method=self.command)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        if self.command == "POST" and self.path.startswith("/v1/refunds"):
            type(self).lost += 1
            time.sleep(self.hang_s)
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = _pass

    def log_message(self, *_arguments):
        """Quiet."""


@pytest.fixture
def losing(shop):
    handler = type("Here", (Losing,), {"to": shop.url})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", handler
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("hang_s", [0, 6])
def test_a_lost_reply_is_found_out(losing, shop, agent, refunding, chat, contact, order, hang_s):
    url, handler = losing
    handler.hang_s = hang_s
    wired = wiring.wire(agent, "stripe.refund", enabled=True, settings={"api_base": url})
    run = confirmed(wired, chat, contact, order[0])
    assert running.perform(run.pk).state == "unknown"
    assert handler.lost == 1 and not ActionRun.objects.get(pk=run.pk).is_final
    assert running.perform(run.pk) is None, "The call may still be on its way."
    lose_lease(run)
    assert running.perform(run.pk).state == "succeeded"
    assert len(shop.refunds(order[1])) == 1
    words = list(chat.messages.in_order().values_list("text", flat=True))
    assert "will not be done twice" in words[0] and "on its way" in words[1] and len(words) == 2


def test_a_service_that_is_away_changes_nothing_and_is_tried_again(
    shop, agent, refunding, chat, contact, order
):
    run = confirmed(refunding, chat, contact, order[0])
    wiring.wire(agent, "stripe.refund", enabled=True, settings={"api_base": "http://127.0.0.1:9"})
    for _ in range(2):
        lose_lease(run)
        assert running.perform(run.pk).state == "confirmed"
    wiring.wire(agent, "stripe.refund", enabled=True, settings={"api_base": shop.url})
    lose_lease(run)
    assert running.perform(run.pk).state == "succeeded" and len(shop.refunds(order[1])) == 1


def test_a_hanging_plugin_is_cut_off():
    began = time.monotonic()
    with pytest.raises(calling.CutOff):
        calling.call(lambda: time.sleep(30), cut_off_s=0.2)
    assert time.monotonic() - began < 20


def test_limits_hold_when_twenty_press_at_once(scoped, shop, agent, contact):
    wired = wiring.wire(
        agent,
        "stripe.refund",
        enabled=True,
        settings=shop.settings,
        policy={"daily_max": 5000, "per_customer_daily_max": None, "max_amount": 1000},
    )
    runs = []
    for number in range(20):
        shop.paid(f"RACE-{1000 + number}", minor=1000)
        chat = opening.open_conversation(
            agent, visitor_key=f"v{number}", contact=contact, verified_until=soon()
        )
        runs.append(
            running.propose(
                wired,
                conversation=chat,
                turn=None,
                contact=contact,
                parameters={"payment": f"RACE-{1000 + number}"},
            )
        )
    states = sorted(row.state for row in at_once(scoped, running.confirm, runs))
    assert states == ["confirmed"] * 5 + ["rejected"] * 15


def test_two_conversations_about_one_payment(scoped, shop, agent, refunding, contact, order):
    chats = [
        opening.open_conversation(agent, visitor_key=f"w{n}", contact=contact, verified_until=soon())
        for n in range(4)
    ]

    def both(chat):
        from berrydesk_sdk import VisitorError

        try:
            run = running.propose(
                refunding, conversation=chat, turn=None, contact=contact, parameters={"payment": order[0]}
            )
            running.confirm(run)
            return running.perform(run.pk)
        except VisitorError:
            return None

    at_once(scoped, both, chats)
    assert len(shop.refunds(order[1])) == 1
