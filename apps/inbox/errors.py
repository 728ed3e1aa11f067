"""What can go wrong in the inbox, in the team's words."""

from berrydesk.errors import OwnerError


class EmptyReply(OwnerError):
    code = "empty_reply"
    message = "The reply is empty."
    remedy = "Write something, then press Send reply."


class AlreadyTaken(OwnerError):
    code = "already_taken"
    message = "{name} is already answering this conversation."
    remedy = "Open another one, or ask {name} to hand it over."


class ConversationEnded(OwnerError):
    code = "conversation_ended"
    message = "This conversation has ended: it was resolved."
    remedy = "When the visitor writes again, a new conversation begins: answer that one."
