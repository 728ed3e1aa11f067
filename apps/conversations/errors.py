"""What can go wrong with a message, in words for the visitor."""

from berrydesk.errors import OwnerError


class EmptyMessage(OwnerError):
    code = "empty_message"
    message = "The message is empty."
    remedy = "Write your question, then press Send."


class MessageTooLong(OwnerError):
    code = "message_too_long"
    message = "The message has {length} characters; {limit} are possible."
    remedy = "Shorten it, or send it in two parts."


class ConversationClosed(OwnerError):
    code = "conversation_closed"
    message = "This conversation has ended."
    remedy = "Start a new conversation."
