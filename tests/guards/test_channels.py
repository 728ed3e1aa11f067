"""Every channel refuses what it cannot verify: a flipped bit, something old, something missing."""

import time

import pytest
from django.core import signing

from apps.channels.web import verify
from apps.channels.web.errors import BadToken
from tests.guards.allowing import ROOT, judge

CHANNELS = {"web"}
"""The channels whose refusals are tried below."""


def test_every_channel_is_tried_here():
    folders = {p.name for p in (ROOT / "apps" / "channels").iterdir() if (p / "__init__.py").is_file()}
    judge(folders ^ CHANNELS, allowed={}, remedy="Try the refusals of these channels in this file:")
    missing = [f for f in folders if not (ROOT / "apps" / "channels" / f / "verify.py").is_file()]
    judge(missing, allowed={}, remedy="Give these channels a verify.py:")


@pytest.fixture
def token(agent, rf):
    return verify.token_for(agent, verify.new_visitor(rf.get("/")))


def test_one_flipped_bit_is_refused(agent, token):
    assert verify.visitor_of(agent, token).key
    wrong = []
    for at in range(len(token)):
        flipped = token[:at] + chr(ord(token[at]) ^ 1) + token[at + 1 :]
        try:
            verify.visitor_of(agent, flipped)
        except BadToken:
            continue
        wrong.append(f"character {at} of a visitor's token")
    judge(wrong, allowed={}, remedy="These changes were accepted:")


@pytest.mark.parametrize("token", ["", None, 7, "a:b:c", {"key": "x"}])
def test_what_is_missing_or_malformed_is_refused(agent, token):
    with pytest.raises(BadToken):
        verify.visitor_of(agent, token)


def test_what_is_old_is_refused(agent, token):
    facts = signing.loads(token, salt=verify.TOKEN_SALT)
    signer = signing.TimestampSigner(salt=verify.TOKEN_SALT)
    packed = signing.dumps(facts, salt=verify.TOKEN_SALT).rsplit(":", 2)[0]
    past = signing.b62_encode(int(time.time() - verify.TOKEN_MAX_AGE.total_seconds() - 60))
    old = f"{packed}:{past}"
    with pytest.raises(BadToken):
        verify.visitor_of(agent, f"{old}:{signer.signature(old)}")
    now = f"{packed}:{signing.b62_encode(int(time.time()))}"
    assert verify.visitor_of(agent, f"{now}:{signer.signature(now)}").key == facts["key"]


def test_a_token_of_another_agent_is_refused(agent, token):
    other = type(agent).objects.create(workspace_id=agent.workspace_id, name="Nova")
    with pytest.raises(BadToken):
        verify.visitor_of(other, token)
