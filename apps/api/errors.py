"""What can go wrong with a call, in words."""

from berrydesk.errors import OwnerError


class NotSignedIn(OwnerError):
    code = "not_signed_in"
    message = "This call carries no valid API token."
    remedy = "Send the header Authorization: Bearer TOKEN. Tokens are made under Settings, API tokens."


class NotFound(OwnerError):
    code = "not_found"
    message = "There is no {what} with this id in your workspace."
    remedy = "Check the id; the list of {what}s shows those that exist."


class NoSuchCall(OwnerError):
    code = "no_such_call"
    message = "There is no call {path}."
    remedy = "The calls are listed under /api/v1/docs."


class MethodNotAllowed(OwnerError):
    code = "method_not_allowed"
    message = "{path} does not know {method}."
    remedy = "It knows {allowed}."


class Invalid(OwnerError):
    code = "invalid"
    message = "Something in this call is not right: {fields}."
    remedy = "Correct what errors[] names, then send it again."


class BadCursor(OwnerError):
    code = "bad_cursor"
    message = "The cursor was not given out by this list."
    remedy = "Use the value of next unchanged, or leave it out to begin at the start."


class BadKey(OwnerError):
    code = "bad_idempotency_key"
    message = "An Idempotency-Key has 1 to 200 printable characters."
    remedy = "Use a fresh UUID per effect."


class KeyReused(OwnerError):
    code = "idempotency_key_reused"
    message = "This Idempotency-Key was already used for another call."
    remedy = "Use a fresh key for a new effect; repeat a key only with exactly the same call."


class TooLarge(OwnerError):
    code = "too_large"
    message = "The call is larger than {limit} MB."
    remedy = "Send it in several smaller ones."


class Unreadable(OwnerError):
    code = "unreadable"
    message = "The body of this call could not be read: {why}"
    remedy = "Send JSON in UTF-8, then try again."


class Unexpected(OwnerError):
    code = "unexpected"
    message = "Something broke on our side. It is logged under {reference}."
    remedy = "Try again; if it stays, tell whoever runs this Berrydesk the reference."


class NobodyToSpeak(OwnerError):
    code = "nobody_to_speak"
    message = "There is no member {member} who could speak here."
    remedy = "Give the e-mail address of a member of this workspace."


class TurnNotFinished(OwnerError):
    code = "turn_not_finished"
    message = "The answer is not finished after {seconds} seconds."
    remedy = "Follow it at /api/v1/conversations/{conversation}/events."


class NobodyElse(OwnerError):
    code = "contact_conflict"
    message = "This conversation belongs to another contact."
    remedy = "Leave conversation_id out to begin a new one, or name the same contact."


class StillRunning(OwnerError):
    code = "still_running"
    message = "The first call under this Idempotency-Key is still at work."
    remedy = "Wait a few seconds, then send it again."
