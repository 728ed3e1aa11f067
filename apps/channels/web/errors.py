"""What the widget can be refused, in words for the visitor or the owner who tries it."""

from berrydesk.errors import OwnerError


class Refused(OwnerError):
    """``status`` is the HTTP status of the answer."""

    status = 403
    code = "refused"
    message = "This chat cannot do that here."
    remedy = "Reload the page and try again."


class UnknownAgent(Refused):
    status = 404
    code = "unknown_agent"
    message = "This chat does not exist (any more)."
    remedy = "If this is your website, copy the snippet from Channels again."


class ForeignOrigin(Refused):
    code = "foreign_origin"
    message = "This chat is not allowed on {origin}."
    remedy = "If this is your website, add it under Channels, Allowed websites."


class TakenBack(Refused):
    code = "taken_back"
    message = "{name} does not answer on this website at the moment."
    remedy = "Please use the website's other contacts. If this is your website, press Go live under Channels."


class BadToken(Refused):
    status = 401
    code = "bad_token"
    message = "This chat was opened too long ago or elsewhere."
    remedy = "Reload the page and open the chat again."


class EmailUnreadable(Refused):
    status = 422
    code = "email_unreadable"
    message = "“{email}” is not an e-mail address."
    remedy = "Write it like vera@example.com, then send it again."


class BadRequest(Refused):
    status = 400
    code = "bad_request"
    message = "The chat sent something unreadable."
    remedy = "Reload the page and try again."


class TooFast(Refused):
    """``after_s``: seconds after which the limit lets go."""

    status = 429
    code = "too_fast"
    message = "That was a lot of messages in a short time."
    remedy = "Wait a minute, then press Try again."

    def __init__(self, *, after_s):
        super().__init__()
        self.after_s = after_s


class NothingHere(Refused):
    status = 404
    code = "nothing_here"
    message = "This is not part of your conversation."
    remedy = "Reload the page."


class BadIdentity(Refused):
    status = 401
    code = "bad_identity"
    message = "The website's proof of who you are was not accepted: {why}."
    remedy = "Sign in to the website again."
