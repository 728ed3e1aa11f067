"""Refunds while the web and worker processes are killed at random moments: each is made exactly once.

Stripe is ``localstripe``, which ignores idempotency keys, so nothing but Berrydesk's own rows prevents a second
refund. Visitors speak through the widget's protocol, as a browser would.
"""

import json
import random
import threading
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field

import psutil

from tests.peers import stripe as stripe_peer
from tests.runs.live import Live

MINOR = 1900
PROPOSED_WITHIN_S = 60
SETTLED_WITHIN_S = 240
LATEST_KILL_S = 0.8
"""After the click. A whole refund takes about a quarter of this, so kills fall before, into and after it."""


@dataclass
class Trial:
    """One visitor, one order, one kill."""

    order: str
    payment: object
    token: str = ""
    run_id: str = ""
    killed: str = ""


@dataclass
class Report:
    trials: int = 0
    violations: list = field(default_factory=list)
    kills: dict = field(default_factory=dict)
    seconds: float = 0.0

    def __str__(self):
        kills = ", ".join(f"{count} × {name}" for name, count in sorted(self.kills.items()))
        lines = [
            f"Refunds: {self.trials} trials, {len(self.violations)} violations, {self.seconds:.0f} s",
            f"Killed: {kills}",
        ]
        return "\n".join(lines + [f"  - {violation}" for violation in self.violations])


def run(trials, *, seed=None, say=print):
    """Run the trials one after another, then wait until all have settled; returns a Report."""
    chance = random.Random(seed)
    report = Report(trials=trials)
    with stripe_peer.running() as shop, Live() as live:
        public_id = live.manage(
            "shell", "-c", f"from tests.soak.seeding import seed; seed({stripe_peer.KEY!r}, {shop.url!r})"
        ).split()[-1]
        visitors = Visitors(live, public_id)
        began = time.monotonic()
        done = []
        for number in range(trials):
            order = f"NL-{20000 + number}"
            trial = Trial(order, shop.paid(order, minor=MINOR))
            one_trial(live, visitors, trial, chance)
            report.kills[trial.killed] = report.kills.get(trial.killed, 0) + 1
            done.append(trial)
            if (number + 1) % 10 == 0:
                say(f"{number + 1} of {trials} trials, {time.monotonic() - began:.0f} s", flush=True)
        report.violations = settle(visitors, shop, done)
        report.seconds = time.monotonic() - began
    return report


def one_trial(live, visitors, trial, chance):
    """The visitor asks for a refund and confirms; a process is killed about then. Clicks are repeated till heard."""
    trial.token = visitors.open()["token"]
    visitors.post("messages", token=trial.token, text=f"I want my money back for order {trial.order}",
                  client_id=str(uuid.uuid4()))  # fmt: skip
    ends = time.monotonic() + PROPOSED_WITHIN_S
    while not trial.run_id:
        cards = visitors.cards(trial.token)
        trial.run_id = next((card["run_id"] for card in cards if card["state"] == "proposed"), "")
        if not trial.run_id and time.monotonic() > ends:
            raise AssertionError(f"{trial.order} was never proposed. The run said:\n{live.log[-3000:]}")
        time.sleep(0.05)
    trial.killed = chance.choice(["pool child", "pool child", "worker", "web"])
    killer = threading.Timer(chance.uniform(0, LATEST_KILL_S), kill, [live, trial.killed, chance])
    killer.start()
    visitors.post(f"runs/{trial.run_id}/confirm", token=trial.token)
    if chance.random() < 0.3:
        visitors.post(f"runs/{trial.run_id}/confirm", token=trial.token)
    killer.join()


def kill(live, name, chance):
    """SIGKILL to a process of this run; one that is just being restarted is dead already."""
    try:
        if name == "pool child":
            children = live.child("worker").children()
            if children:
                chance.choice(children).kill()
        else:
            live.kill(name)
    except (StopIteration, psutil.NoSuchProcess):
        return


def settle(visitors, shop, trials):
    """Wait until every run has ended, and say which refund was not made exactly once."""
    ends = time.monotonic() + SETTLED_WITHIN_S
    waiting = {trial.order: trial for trial in trials}
    states = {}
    while waiting and time.monotonic() < ends:
        for order, trial in list(waiting.items()):
            states[order] = next(
                c["state"] for c in visitors.cards(trial.token) if c["run_id"] == trial.run_id
            )
            if states[order] in ("succeeded", "failed", "rejected", "expired"):
                del waiting[order]
        time.sleep(0.5)
    violations = []
    for trial in trials:
        amounts = [refund.amount for refund in shop.refunds(trial.payment)]
        if amounts != [MINOR] or states[trial.order] != "succeeded":
            violations.append(
                f"{trial.order}: refunds {amounts}, run {states[trial.order]}, killed {trial.killed}"
            )
    return violations


class Visitors:
    """The widget's calls; a call that met a dead process is made again, as the widget does."""

    def __init__(self, live, public_id):
        self.live = live
        self.public_id = public_id

    def open(self, token=None):
        return self.post("open", **({"token": token} if token else {}))

    def cards(self, token):
        """The visitor's action cards as they stand."""
        conversation = self.open(token)["conversation"]
        return conversation["actions"] if conversation else []

    def post(self, path, *, within_s=60, **body):
        url = f"{self.live.url}/widget/{self.public_id}/{path}"
        ends = time.monotonic() + within_s
        while True:
            request = urllib.request.Request(
                url, data=json.dumps(body).encode(), headers={"Content-Type": "text/plain;charset=UTF-8"}
            )
            try:
                with urllib.request.urlopen(request, timeout=15) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                words = error.read().decode(errors="replace")
                if error.code not in (429, 500, 502, 503) or time.monotonic() > ends:
                    raise AssertionError(f"{path}: {error.code} {words}\n{self.live.log[-3000:]}") from error
            except (OSError, ValueError) as error:
                if time.monotonic() > ends:
                    raise AssertionError(f"{path}: {error}\n{self.live.log[-3000:]}") from error
            time.sleep(0.2)
