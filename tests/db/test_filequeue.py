"""The embedded queue delivers whole messages, also while they are being written."""

import threading

from kombu import Connection

from berrydesk import celery
from berrydesk.filequeue import Transport


def test_a_worker_never_reads_half_a_message(tmp_path):
    assert celery.app is not None
    (tmp_path / "control").mkdir()
    options = {
        "data_folder_in": str(tmp_path),
        "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path / "control"),
    }

    def write():
        with Connection("berrydesk://localhost/", transport_options=options) as link:
            queue = link.SimpleQueue("q")
            for number in range(300):
                queue.put({"number": number, "padding": "x" * 20_000})

    writer = threading.Thread(target=write)
    with Connection("berrydesk://localhost/", transport_options=options) as link:
        assert isinstance(link.transport, Transport)
        queue = link.SimpleQueue("q")
        writer.start()
        got = []
        while len(got) < 300:
            message = queue.get(timeout=20)
            got.append(message.payload["number"])
            message.ack()
    writer.join()
    assert sorted(got) == list(range(300))


def test_what_is_no_message_stops_nobody(tmp_path):
    (tmp_path / "control").mkdir()
    options = {
        "data_folder_in": str(tmp_path),
        "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path / "control"),
    }
    with Connection("berrydesk://localhost/", transport_options=options) as link:
        channel = link.channel()
        (tmp_path / "0_broken.q.msg").write_bytes(b"")
        channel._put("q", {"number": 1})
        assert channel._get("q") == {"number": 1}
        assert not list(tmp_path.glob("*.msg"))
