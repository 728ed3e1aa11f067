"""Google's own answers, as others recorded them: what to try again, what never; and the shapes our client asks for."""

import json
import re

import pytest

from apps.knowledge.connectors.drive import client, faults
from tests.conftest import DATA

WIRE = DATA / "wire" / "google-drive"
KINDS = {
    "accessNotConfigured": "switched_off",
    "rateLimitExceeded": "wait",
    "userRateLimitExceeded": "wait",
    "userRateLimitExceeded-with-status": "wait",
    "recorded--drive-files-get-nonexistent-file-id_404": "missing",
    "recorded--fitness-get-wrong-scope_403": "no_scope",
    "recorded--sheets-spreadsheets-get-quota-exceeded-readgroup_429": "wait",
}
RECORDED = sorted((WIRE / "errors").glob("*.json"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_error_means_what_googles_own_client_makes_of_it(path):
    recorded = json.loads(path.read_text())
    fault = faults.of(recorded["status"], json.dumps(recorded["body"]).encode())
    assert fault.kind == KINDS[path.stem]
    if "retry" in recorded:
        assert fault.is_passing is recorded["retry"]


def test_every_recorded_error_is_judged():
    assert {path.stem for path in RECORDED} == set(KINDS)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_body_that_is_cut_anywhere_is_judged_by_its_status(path):
    recorded = json.loads(path.read_text())
    body = json.dumps(recorded["body"]).encode()
    by_status = {429: "wait", 404: "missing", 403: "refused"}[recorded["status"]]
    for end in range(0, len(body), 7):
        assert faults.of(recorded["status"], body[:end]).kind == by_status
    for odd in (
        b"\xff\xfe",
        b"[]",
        b'"error"',
        b'{"error": null}',
        b'{"error": {"errors": [1, null]}}',
        b"[[]]",
    ):
        assert faults.of(recorded["status"], odd).kind == by_status


def test_the_newer_words_of_google_are_understood():
    def of(code, **error):
        return faults.of(code, json.dumps({"error": {"code": code, **error}}).encode()).kind

    disabled = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}]
    assert of(403, status="PERMISSION_DENIED", details=disabled) == "switched_off"
    scope = [
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
    ]
    assert of(403, status="PERMISSION_DENIED", details=scope) == "no_scope"
    assert of(403, status="RESOURCE_EXHAUSTED") == "wait"
    assert of(503, status="UNAVAILABLE") == "fails"
    assert of(401, status="UNAUTHENTICATED") == "signed_out"
    assert faults.of(429, b"", "17").for_s == 17 and faults.of(429, b"", "soon").for_s is None


def test_every_field_that_is_asked_for_is_in_googles_description():
    described = json.loads((WIRE / "discovery" / "drive-v3_2025-08-29.json").read_text())
    file = described["schemas"]["File"]["properties"]
    names = re.sub(r"\(.*?\)|/\w+", "", client.ABOUT_FILE).split(",")
    assert [name for name in names if name not in file] == []
    details = file["shortcutDetails"]["properties"]
    assert {"targetId", "targetMimeType"} <= set(details)
    listed = described["resources"]["files"]["methods"]["list"]["parameters"]
    assert {*client.EVERYWHERE, "corpora", "driveId", "pageToken", "pageSize", "q", "fields"} - {
        "fields"
    } <= set(listed)
    assert int(listed["pageSize"]["maximum"]) == client.PAGE
