"""How the Notion of ``tests.peers.notion`` answers, request by request."""

import base64
import copy
import hmac
import secrets
import time
import uuid
from urllib.parse import parse_qs, unquote, urlencode

from tests.peers.notion import MOST, VERSIONS, Refusal

TOLD = 25
"""Links of a property that come with the page; the rest is asked for one by one."""


def answer(peer, method, parts, headers, body):
    """The body of a good answer. Raises Refusal."""
    path = [unquote(part) for part in parts.path.strip("/").split("/")]
    _stumble(peer, parts.path)
    if path[:1] != ["v1"]:
        raise Refusal(400, "invalid_request_url", "Invalid request URL.")
    if path[1:] == ["oauth", "token"]:
        return _token(peer, headers, body)
    version = headers.get("Notion-Version")
    if not version:
        raise Refusal(
            400, "missing_version", "Notion-Version header failed validation: it should be defined."
        )
    if version not in VERSIONS:
        raise Refusal(400, "validation_error", f"Notion-Version header failed validation: {version}.")
    scheme, _space, token = (headers.get("Authorization") or "").partition(" ")
    if scheme != "Bearer" or token not in peer.tokens:
        raise Refusal(401, "unauthorized", "API token is invalid.")
    if path[1:] == ["users", "me"]:
        bot = {"workspace_name": "Nordlicht", "workspace_id": peer.place}
        bot["owner"] = {"type": "workspace", "workspace": True}
        return {
            "object": "user",
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{peer.place}/{peer.tokens[token]}")),
            "type": "bot",
            "name": peer.tokens[token],
            "bot": bot,
        }
    if not peer.may_read:
        raise Refusal(403, "restricted_resource", "Insufficient permissions for this endpoint.")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return _found(peer, method, path[1:], query, body)


def _stumble(peer, path):
    for fault in list(peer.faults):
        after, _times, part, refusal = fault
        if part not in path:
            continue
        if after:
            fault[0] -= 1
            continue
        fault[1] -= 1
        if not fault[1]:
            peer.faults.remove(fault)
        raise refusal


def _found(peer, method, path, query, body):
    if path == ["search"] and method == "POST":
        return _search(peer, body)
    if len(path) == 2 and path[0] in ("pages", "blocks", "databases", "data_sources") and method == "GET":
        return _one(peer, path[0], path[1])
    if len(path) == 3 and path[0] == "blocks" and path[2] == "children":
        parent = _shared(peer, path[1], "block")
        blocks = [_as_block(peer, peer.things[one]) for one in peer.below.get(parent["id"], ())]
        return _listed(peer, blocks, query, "block")
    if len(path) == 3 and path[0] == "data_sources" and path[2] == "query" and method == "POST":
        return _query(peer, path[1], body)
    if len(path) == 4 and path[0] == "pages" and path[2] == "properties":
        return _items(peer, path[1], path[3], query)
    raise Refusal(400, "invalid_request_url", "Invalid request URL.")


def _shared(peer, thing_id, what):
    """The thing, if the integration may see it; else the same words as for one that never was."""
    try:
        thing_id = str(uuid.UUID(thing_id))
    except ValueError:
        raise Refusal(
            400, "validation_error", f"path failed validation: path.{what}_id should be a valid uuid."
        ) from None
    thing = peer.things.get(thing_id)
    if thing is None or not peer.sees(thing_id):
        words = f"Could not find {what} with ID: {thing_id}. Make sure the relevant pages and databases are shared."
        raise Refusal(404, "object_not_found", words)
    return thing


def _one(peer, kind, thing_id):
    what = {"pages": "page", "blocks": "block", "databases": "database", "data_sources": "data_source"}[kind]
    thing = _shared(peer, thing_id, what)
    if what == "block":
        return _as_block(peer, thing)
    if thing["object"] != what:
        words = f"Provided ID {thing_id} is a {thing['object']}, not a {what}."
        raise Refusal(400, "validation_error", words)
    return _as_it_is(thing)


def _as_it_is(thing):
    """A page, a database or a data source; of long properties only the beginning."""
    shown = copy.deepcopy({name: about for name, about in thing.items() if name != "as_block"})
    for given in shown.get("properties", {}).values() if thing["object"] == "page" else ():
        held = given.get(given["type"])
        if isinstance(held, list) and len(held) > TOLD:
            given[given["type"]] = held[:TOLD]
            given["has_more"] = True
        elif given["type"] == "relation":
            given["has_more"] = False
    return shown


def _as_block(peer, thing):
    shown = copy.deepcopy(
        {name: about for name, about in thing.items() if name not in ("as_block", "properties")}
    )
    shown["object"] = "block"
    shown |= copy.deepcopy(thing.get("as_block", {}))
    shown["has_children"] = bool(peer.below.get(thing["id"]))
    if thing["id"] in peer.files:
        body = shown[shown["type"]]
        body["file"] = {"url": peer.link(thing["id"]), "expiry_time": "2026-11-20T11:00:00.000Z"}
    return shown


def _listed(peer, things, asked, kind, most=None):
    """A page of a list, from where the cursor points."""
    size = int(asked.get("page_size") or MOST)
    if not 1 <= size <= MOST:
        raise Refusal(400, "validation_error", f"body.page_size should be ≤ 100, instead was {size}.")
    size = min(size, peer.largest_page)
    start = 0
    if asked.get("start_cursor"):
        places = [at for at, thing in enumerate(things) if _cursor(thing) == asked["start_cursor"]]
        if not places:
            raise Refusal(400, "validation_error", "The start_cursor provided is invalid.")
        start = places[0]
    end = len(things) if most is None else min(len(things), most)
    shown = things[start : min(start + size, end)]
    has_more = start + size < end
    said = {
        "object": "list",
        "results": shown,
        "has_more": has_more,
        "next_cursor": _cursor(things[start + size]) if has_more else None,
        "type": kind,
        kind: {},
    }
    if most is not None and len(things) > most and not has_more:
        said["request_status"] = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
    return said


def _cursor(thing):
    return thing.get("id") or thing["relation"]["id"]


def _search(peer, body):
    wanted = (body.get("filter") or {}).get("value")
    if wanted not in (None, "page", "data_source"):
        raise Refusal(
            400, "validation_error", f"body.filter.value should be page or data_source, not {wanted}."
        )
    found = [
        thing
        for thing in peer.things.values()
        if thing["object"] in ("page", "data_source")
        and wanted in (None, thing["object"])
        and peer.sees(thing["id"])
        and (thing["id"] not in peer.unindexed or thing["id"] in peer.shared)
        and (body.get("query") or "").lower() in _title_of(thing).lower()
    ]
    is_reversed = (body.get("sort") or {}).get("direction", "descending") == "descending"
    found.sort(key=lambda thing: (thing["last_edited_time"], thing["id"]), reverse=is_reversed)
    return _listed(peer, [_as_it_is(thing) for thing in found], body, "page_or_data_source")


def _title_of(thing):
    pieces = thing.get("title") or next(
        (given["title"] for given in thing["properties"].values() if given["type"] == "title"), []
    )
    return "".join(piece["plain_text"] for piece in pieces)


def _query(peer, source_id, body):
    source = _shared(peer, source_id, "data_source")
    rows = [
        thing
        for thing in peer.things.values()
        if thing["object"] == "page"
        and thing["parent"].get("data_source_id") == source["id"]
        and not thing["in_trash"]
    ]
    since = ((body.get("filter") or {}).get("created_time") or {}).get("on_or_after")
    if since:
        rows = [row for row in rows if row["created_time"] >= since]
    for sort in body.get("sorts") or ():
        is_reversed = sort["direction"] == "descending"
        rows.sort(key=lambda row: (row[sort["timestamp"]], row["id"]), reverse=is_reversed)
    return _listed(peer, [_as_it_is(row) for row in rows], body, "page_or_data_source", peer.most_results)


def _items(peer, page_id, property_id, query):
    page = _shared(peer, page_id, "page")
    given = next((one for one in page["properties"].values() if one["id"] == property_id), None)
    if given is None:
        raise Refusal(404, "object_not_found", f"Could not find property with name or id: {property_id}")
    kind = given["type"]
    items = [{"object": "property_item", "id": property_id, "type": kind, kind: one} for one in given[kind]]
    said = _listed(peer, [{**item, "id": str(at)} for at, item in enumerate(items)], query, "property_item")
    return said


def _token(peer, headers, body):
    """An access token for a code or for a refresh token, which is good once."""
    scheme, _space, packed = (headers.get("Authorization") or "").partition(" ")
    given = base64.b64decode(packed).decode().split(":", 1) if scheme == "Basic" else ["", ""]
    if peer.clients.get(given[0]) != given[1]:
        raise Refusal(401, "unauthorized", "Client authentication failed.", error="invalid_client")
    if body.get("grant_type") == "refresh_token":
        is_good = peer.refresh_tokens.pop(body.get("refresh_token"), None)
    else:
        is_good = peer.codes.pop(body.get("code"), None) == body.get("redirect_uri")
    if not is_good:
        raise Refusal(400, "validation_error", "Invalid code or token.", error="invalid_grant")
    token = f"ntn_{secrets.token_hex(16)}"
    peer.tokens[token] = "Berrydesk"
    said = {
        "access_token": token,
        "token_type": "bearer",
        "bot_id": str(uuid.uuid4()),
        "workspace_name": "Nordlicht",
        "workspace_id": peer.place,
        "owner": {"type": "user", "user": {"object": "user", "id": str(uuid.uuid4())}},
    }
    if peer.gives_refresh_tokens:
        said["refresh_token"] = f"nrt_{secrets.token_hex(16)}"
        peer.refresh_tokens[said["refresh_token"]] = True
    return said


def authorize(peer, asked):
    """Where the browser is sent back to after the person pressed Allow access, or Cancel."""
    given = {name: values[0] for name, values in asked.items()}
    back = given["redirect_uri"]
    if given.get("client_id") not in peer.clients or given.get("response_type") != "code":
        return f"{back}?{urlencode({'error': 'invalid_client', 'state': given.get('state', '')})}"
    if not peer.allows:
        return f"{back}?{urlencode({'error': 'access_denied', 'state': given.get('state', '')})}"
    code = secrets.token_hex(12)
    peer.codes[code] = back
    return f"{back}?{urlencode({'code': code, 'state': given.get('state', '')})}"


def download(peer, parts):
    """(status, bytes, headers) of a signed link: 403 once it has run out, as the store behind Notion says it."""
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    block_id, until = parts.path.split("/")[2], query.get("until", "0")
    is_good = hmac.compare_digest(peer.signature(block_id, until), query.get("sig", ""))
    if peer.dead_links:
        peer.dead_links -= 1
        is_good = False
    if not is_good or int(until) < time.time() or block_id not in peer.files:
        return 403, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>", {}
    return 200, peer.files[block_id][1], {"Content-Type": "application/octet-stream"}
