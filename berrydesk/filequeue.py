"""The embedded run's queue: kombu's file transport, with messages that appear whole.

Kombu opens a message's file before it writes it, so that a worker may move and read it while it is still empty:
it then stops with an "unrecoverable error". Here a message is written under another name and renamed.
"""

import json
import logging
import os
import uuid
from time import monotonic

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Puts whole files; a file that cannot be read as a message is dropped: the sweep sends it again."""

    def _put(self, queue, payload, **kwargs):
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        path = os.path.join(self.data_folder_out, name)
        unfinished = f"{path}.unfinished"
        try:
            with open(unfinished, "wb") as file:
                file.write(str_to_bytes(dumps(payload)))
            os.rename(unfinished, path)
        except OSError as error:
            raise ChannelError(f"Cannot add {name} to the queue") from error

    def _get(self, queue):
        while True:
            try:
                return super()._get(queue)
            except json.JSONDecodeError as error:
                log.warning("A file in the queue was no message and was dropped: %s", error)

    def get_table(self, exchange):
        try:
            return super().get_table(exchange)
        except json.JSONDecodeError:
            return []  # being written at this moment; the queue's own name delivers without it


class Transport(filesystem.Transport):
    Channel = Channel
