"""What is asked of Notion, with its limits obeyed and its refusals in the owner's words.

Every question here only reads, so it may be asked again.
"""

import logging
import re
import time

import httpx
from notion_client.errors import (
    HTTPResponseError,
    InvalidPathParameterError,
    RequestTimeoutError,
)

from apps.knowledge.connectors.notion import authorizing, errors
from apps.knowledge.connectors.outcome import Pause
from berrydesk.http.fetching import retry_after

MOST = 100
"""Things a page of results holds at most."""
WAITS_S = (0.5, 2, 5)
"""Between tries, where Notion itself does not say how long."""
LONGEST_WAIT_S = 10
"""For longer, a worker does not wait but hands over."""
USUAL_REST_S = 60
"""The length of Notion's window, for a limit that it names no time for."""

_UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")

log = logging.getLogger(__name__)


class Notion:
    """Notion as one connection sees it. A context manager.

    A person who waits is ``patient`` for a moment only; a sync is asked to rest by a ``Pause``.
    """

    def __init__(self, connection, *, is_sync=True):
        token = connection.secrets.get("access_token") if connection else None
        if not token:
            raise errors.NotConnected()
        self.connection = connection
        self._is_sync = is_sync
        self._client = authorizing.plain_client(token, timeout_ms=60_000 if is_sync else 15_000)

    def __enter__(self):
        return self

    def __exit__(self, *_ignored):
        self.close()

    def close(self):
        self._client.close()

    def me(self):
        """The integration itself: its name, and the name of its workspace."""
        return self._ask("itself", lambda: self._client.users.me())

    def search(self, *, query=None, kind=None, cursor=None, size=MOST):
        """Pages and data sources that were shared, those changed longest ago first: none is missed while paging."""
        asked = {"page_size": size, "sort": {"timestamp": "last_edited_time", "direction": "ascending"}}
        if query is not None:  # a person looks for it: what was changed last comes first
            asked |= {"query": query, "sort": {"timestamp": "last_edited_time", "direction": "descending"}}
        if kind:
            asked["filter"] = {"property": "object", "value": kind}
        return self._ask("the shared pages", lambda: self._client.search(start_cursor=cursor, **asked))

    def page(self, page_id):
        return self._ask(page_id, lambda: self._client.pages.retrieve(page_id))

    def property_items(self, page_id, property_id, cursor=None):
        return self._ask(
            page_id,
            lambda: self._client.pages.properties.retrieve(
                page_id, property_id, start_cursor=cursor, page_size=MOST
            ),
        )

    def block(self, block_id):
        return self._ask(block_id, lambda: self._client.blocks.retrieve(block_id))

    def children(self, block_id, cursor=None):
        return self._ask(
            block_id,
            lambda: self._client.blocks.children.list(block_id, start_cursor=cursor, page_size=MOST),
        )

    def database(self, database_id):
        return self._ask(database_id, lambda: self._client.databases.retrieve(database_id))

    def data_source(self, data_source_id):
        return self._ask(data_source_id, lambda: self._client.data_sources.retrieve(data_source_id))

    def rows(self, data_source_id, *, cursor=None, since=None):
        """Rows in the order of their creation, from ``since`` on."""
        asked = {"page_size": MOST, "sorts": [{"timestamp": "created_time", "direction": "ascending"}]}
        if since:
            asked["filter"] = {"timestamp": "created_time", "created_time": {"on_or_after": since}}
        return self._ask(
            data_source_id,
            lambda: self._client.data_sources.query(data_source_id, start_cursor=cursor, **asked),
        )

    def _ask(self, what, ask):
        """The answer. Raises NotShared, Pause, or another problem in the owner's words."""
        has_renewed, tries = False, len(WAITS_S) + 1 if self._is_sync else 2
        for number in range(tries):
            wait_s = WAITS_S[number] if number + 1 < tries else None
            try:
                return _whole(ask())
            except HTTPResponseError as error:
                _note(what, error)
                if error.status == 401 and not has_renewed and self._renew():
                    has_renewed, wait_s = True, 0
                else:
                    wait_s = self._wait_of(what, error, wait_s)
            except InvalidPathParameterError as error:
                raise errors.NotShared(title=what) from error
            except (httpx.TransportError, RequestTimeoutError, ValueError) as error:
                log.warning("Notion could not be asked for %s: %r", what, error)
                if wait_s is None:
                    raise errors.Unreachable() from error
            time.sleep(wait_s)
        raise errors.Unreachable()

    def _wait_of(self, what, error, usual_s):
        """How long to wait before asking again. Raises the problem where asking again is of no use."""
        if error.status in (429, 529):
            asked_s = retry_after(error.headers.get("retry-after"))
            wait_s = usual_s if asked_s is None else asked_s
            if usual_s is not None and wait_s <= (LONGEST_WAIT_S if self._is_sync else 2):
                return wait_s
            rest_s = USUAL_REST_S if asked_s is None else max(asked_s, 1)
            raise self._pause(errors.Busy(reason=_limit(error), minutes=-(-rest_s // 60)), rest_s) from error
        if (error.status >= 500 or error.status == 409) and usual_s is not None:
            return usual_s
        raise _problem(what, error) from error

    def _pause(self, problem, for_s):
        return Pause(problem, for_s=for_s) if self._is_sync else problem

    def _renew(self):
        token = authorizing.refreshed(self.connection)
        if token:
            self._client.client.headers["Authorization"] = f"Bearer {token}"
        return bool(token)


def _whole(answer):
    if not isinstance(answer, dict):
        raise ValueError(f"an answer of the kind {type(answer).__name__}")
    return _storable(answer)


def _storable(value):
    """The same without the characters that no database takes."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(one) for name, one in value.items()}
    return value


def _note(what, error):
    """Notion's request number is in the log, for its support."""
    log.log(
        logging.INFO if error.status == 404 else logging.WARNING,
        "Notion answered %s (%s) for %s; request_id=%s",
        error.status,
        getattr(error.code, "value", error.code),
        what,
        _request_id(error),
    )


def _request_id(error):
    return (
        error.request_id or _said(error).get("request_id") or error.headers.get("x-notion-request-id") or "-"
    )


def _said(error):
    try:
        said = httpx.Response(error.status, text=error.body).json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _limit(error):
    """Which of Notion's limits it was."""
    more = _said(error).get("additional_data")
    reason = more.get("rate_limit_reason") if isinstance(more, dict) else None
    return str(reason or _said(error).get("code") or error.status).replace("_", " ")[:80]


def _problem(what, error):
    if error.status == 401:
        return errors.Revoked()
    if error.status == 404:
        return errors.NotShared(title=what)
    if error.status == 403:
        return errors.MayNotRead()
    if error.status >= 500 or error.status == 409:
        return errors.Down(status=error.status)
    reason = str(_said(error).get("message") or error.status).rstrip(".")[:200] + "."
    return errors.Refused(reason=reason, reference=_request_id(error))
