"""The hosted page without JavaScript."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_run_that_is_none_is_refused_in_words(client, agent):
    for run in ("garbage", "0190a0a0-0000-7000-8000-000000000000", "\x00"):
        answer = client.post(f"/chat/{agent.public_id}", {"run": run, "decision": "confirm"})
        assert answer.status_code == 422
        assert "not part of your conversation" in answer.content.decode()


def test_a_slash_at_the_end_leads_to_the_chat(client, agent):
    answer = client.get(f"/chat/{agent.public_id}/?lang=de")
    assert (answer.status_code, answer.url) == (301, f"/chat/{agent.public_id}?lang=de")
    assert client.get(answer.url).status_code == 200
