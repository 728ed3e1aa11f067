"""Google refuses, stumbles, asks for patience, or forgets us: each is said, the rest is learned, nothing is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.knowledge import sources
from apps.knowledge.models import Source
from tests.knowledge.drive.conftest import again, carry, connected, learn, problem_of, texts
from tests.knowledge.files import a_pdf
from tests.peers.google_drive import DOCX, SHEET, XLSX, Fault

SOON = {"Retry-After": "0"}
LIMIT = Fault(403, "userRateLimitExceeded", "User Rate Limit Exceeded", domain="usageLimits", headers=SOON)
BROKEN = Fault(500, "", headers=SOON, body=b'{"error": {"code": 500, ')
LATER = Fault(429, "rateLimitExceeded", headers={"Retry-After": "300"})


@pytest.mark.parametrize(
    "fault",
    [
        LIMIT,
        Fault(403, "rateLimitExceeded", domain="usageLimits", headers=SOON),
        Fault(429, "rateLimitExceeded", headers=SOON),
        Fault(503, "backendError", headers=SOON),
        BROKEN,
    ],
    ids=["user limit", "limit", "429", "503", "broken body"],
)
@pytest.mark.parametrize("part", ["startPageToken", "/drive/v3/files?", "alt=media"])
def test_what_passes_is_tried_again(drive, connection, folder, agent, fault, part):
    drive.fail(part, fault)
    source = learn(agent, folder)
    assert (source.status, source.learned) == ("ready", 4)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(403, "accessNotConfigured", "Access Not Configured", domain="usageLimits"), "drive_api_off"),
        (Fault(403, "insufficientPermissions", "Insufficient Permission"), "drive_reading_not_allowed"),
        (Fault(403, "domainPolicy", "The domain administrators have disabled Drive apps."), "drive_refused"),
    ],
)
def test_what_never_passes_is_asked_once_and_said(drive, connection, folder, agent, fault, code):
    source = sources.add_source(agent, kind="drive", config={"roots": [folder]})
    drive.fail("/drive/v3/files?", fault, times=99)
    source = carry(source)
    assert (source.status, source.problem["code"]) == ("failed", code)
    assert drive.times_asked("/drive/v3/files?") == 1
    assert source.problem["remedy"]


def test_a_long_wait_lets_others_have_the_worker(drive, connection, folder, agent):
    source = sources.add_source(agent, kind="drive", config={"roots": [folder]})
    drive.fail("alt=media", LATER)
    source = carry(source)
    assert (source.status, source.problem["code"]) == ("syncing", "drive_busy")
    until = timezone.now() + timedelta(seconds=290)
    assert source.lease_until > until and source.documents.learned().count() == 0
    Source.objects.filter(pk=source.pk).update(lease_until=None)
    drive.asked.clear()
    source = carry(source)
    assert (source.status, source.learned, source.problem) == ("ready", 4, None)
    assert drive.times_asked("/drive/v3/files?") == 0


def test_access_that_is_taken_back_in_mid_sync_loses_nothing(drive, connection, folder, agent):
    source = sources.add_source(agent, kind="drive", config={"roots": [folder]})

    def revoke(asked):
        if "alt=media" in asked and drive.times_asked("alt=media") == 3:
            drive.tokens.revoke()

    drive.before_each = revoke
    source = carry(source)
    assert (source.status, source.problem["code"]) == ("partial", "drive_signed_out")
    assert "ada@nordlicht.example" in source.problem["message"] and "Reconnect" in source.problem["remedy"]
    connection.refresh_from_db()
    assert connection.ok is False and connection.problem["code"] == "drive_signed_out"
    learned = set(texts(source))
    assert len(learned) == 2
    # Ada reconnects: the same row holds a new token.
    drive.before_each = None
    connected(agent.workspace_id, drive.secrets(), replacing=connection)
    drive.asked.clear()
    source = again(source)
    assert (source.status, source.learned, source.problem) == ("ready", 4, None)
    assert drive.times_asked("alt=media") == 2


def test_an_access_token_that_runs_out_is_replaced_in_silence(drive, connection, folder, agent):
    source = sources.add_source(agent, kind="drive", config={"roots": [folder]})
    over = iter([True, False] * 4)
    drive.before_each = lambda asked: "alt=media" in asked and next(over) and drive.tokens.expire()
    source = carry(source)
    assert (source.status, source.learned) == ("ready", 4)
    assert drive.times_asked("POST /token") == 6  # one for the check, one for the sync, one for each file


def test_a_service_account_reads_what_is_shared_with_it_and_a_deleted_key_is_said(
    drive, scoped, folder, agent
):
    key = drive.tokens.a_service_account()
    key["token_uri"] = "http://169.254.169.254/token"  # whatever a key file says, Google is asked
    connected(scoped, {"service_account": key}, key["client_email"])
    source = learn(agent, folder)
    assert (source.status, source.learned) == ("ready", 4)
    drive.tokens.revoke()
    source = again(source)
    assert (source.status, source.problem["code"]) == ("partial", "drive_key_refused")
    assert source.documents.learned().count() == 4


def test_a_document_over_ten_megabytes_keeps_its_words(drive, connection, agent):
    top = drive.put_folder("Large")
    large = b"PK\x03\x04" + b"\0" * 10 * 1024 * 1024
    drive.put_doc(
        "Handbook", {DOCX: large, "text/plain": "Everything about tents."}, parent=top, id="handbook"
    )
    drive.put_doc("Prices", {XLSX: large}, mime=SHEET, parent=top, id="prices")
    drive.put("small.txt", "A small one.", parent=top, id="small")
    source = learn(agent, top)
    assert (source.status, source.learned, source.skipped) == ("ready", 2, 1)
    assert texts(source)["handbook"] == "Everything about tents."
    assert problem_of(source, "handbook") == "drive_words_only"
    assert problem_of(source, "prices") == "drive_export_too_large"
    drive.asked.clear()
    drive.forget_changes()
    source = again(source)
    assert (source.learned, source.skipped, source.unchanged) == (2, 1, 2)
    assert drive.times_asked("alt=media") == 0 and problem_of(source, "prices") == "drive_export_too_large"


def test_what_holds_no_text_is_named_without_being_fetched(drive, connection, folder, agent):
    drive.put("boots.jpg", b"\xff\xd8\xff", mime="image/jpeg", parent=folder, id="picture")
    drive.put_doc("Survey", {}, mime="application/vnd.google-apps.form", parent=folder, id="form")
    drive.put("film.mp4", b"", mime="video/mp4", parent=folder, id="film")
    drive.put("huge.pdf", b"%PDF-", mime="application/pdf", parent=folder, id="huge")
    drive.change("huge", size=str(300 * 1024 * 1024))
    drive.put(
        "secret.pdf",
        a_pdf(["x"]),
        mime="application/pdf",
        parent=folder,
        id="locked",
        capabilities={"canDownload": False},
    )
    source = learn(agent, folder)
    assert (source.status, source.learned, source.skipped) == ("ready", 4, 5)
    assert problem_of(source, "picture") == problem_of(source, "form") == "unknown_type"
    assert problem_of(source, "huge") == "file_too_large"
    assert problem_of(source, "locked") == "drive_download_forbidden"
    assert drive.times_asked("alt=media") == 4
    drive.change("picture", name="boots-2.jpg")
    drive.delete("film")
    source = again(source)
    assert (source.learned, source.skipped, source.documents.count()) == (4, 4, 8)


def test_a_file_that_cannot_be_read_is_named_and_read_once_it_is_mended(drive, connection, folder, agent):
    drive.put(
        "locked.pdf", a_pdf(["secret"], password="pw"), mime="application/pdf", parent=folder, id="locked"
    )
    source = learn(agent, folder)
    assert (source.learned, problem_of(source, "locked")) == (4, "file_encrypted")
    drive.asked.clear()
    again(source)
    assert drive.times_asked("alt=media") == 0
    drive.put("locked.pdf", a_pdf(["No longer secret."]), mime="application/pdf", parent=folder, id="locked")
    source = again(source)
    assert "No longer secret." in texts(source)["locked"] and not source.documents.with_problems().exists()


def test_a_file_that_google_cannot_hand_out_is_tried_again_in_the_next_sync(drive, connection, folder, agent):
    drive.fail(
        "files/returns?supportsAllDrives=true&alt=media", Fault(500, "internalError", headers=SOON), times=5
    )
    source = learn(agent, folder)
    assert (source.status, source.learned, source.failed) == ("partial", 3, 1)
    assert problem_of(source, "returns") == "drive_file_fails"
    drive._faults.clear()
    drive.asked.clear()
    source = again(source)
    assert (source.status, source.learned, source.failed) == ("ready", 4, 0)
    assert drive.times_asked("alt=media") == 1 and drive.times_asked("/drive/v3/files?") == 0


def test_a_service_that_fails_for_every_file_is_left_alone_for_a_while(drive, connection, folder, agent):
    source = sources.add_source(agent, kind="drive", config={"roots": [folder]})
    drive.fail("alt=media", Fault(500, "internalError", headers=SOON), times=99)
    source = carry(source)
    assert (source.status, source.problem["code"], source.failed) == ("syncing", "drive_fails", 0)


def test_a_file_that_changes_while_it_is_read_is_read_once_more(drive, connection, folder, agent):
    source = sources.add_source(agent, kind="drive", config={"roots": [folder]})
    after = []

    def change(asked):
        if "files/returns?" in asked and "alt=json" in asked and not after:
            # The bytes have been sent; before Berrydesk looks again there are others.
            after.append(
                drive.put("returns.txt", "Boots come back within 50 days.", parent=folder, id="returns")
            )

    drive.before_each = change
    source = carry(source)
    assert after and "50 days" in texts(source)["returns"] and source.status == "ready"
    assert drive.times_asked("files/returns?supportsAllDrives=true&alt=media") == 2


def test_a_file_that_is_never_at_rest_is_named(drive, connection, folder, agent):
    source = sources.add_source(agent, kind="drive", config={"roots": [folder]})
    numbers = iter(range(1000))

    def change(asked):
        if "files/returns?" in asked and "alt=media" in asked:
            drive.put("returns.txt", f"Version {next(numbers)}.", parent=folder, id="returns")

    drive.before_each = change
    source = carry(source)
    assert (source.status, problem_of(source, "returns")) == ("partial", "drive_keeps_changing")
    assert len(texts(source)) == 3
    drive.before_each = None
    source = again(source)
    assert (source.status, source.learned) == ("ready", 4)


def test_a_file_that_vanishes_before_it_is_read_is_just_gone(drive, connection, folder, agent):
    source = sources.add_source(agent, kind="drive", config={"roots": [folder]})

    def vanish(asked):
        if "alt=media" in asked and "returns" in drive.files:
            drive.delete("returns")

    drive.before_each = vanish
    source = carry(source)
    assert source.status == "ready" and "returns" not in texts(source)
