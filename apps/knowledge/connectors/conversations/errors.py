"""Why nothing was found in past conversations, in the owner's words."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError


class NothingMined(OwnerError):
    code = "nothing_mined"
    message = _("No answer worth keeping was found in {count} conversations of {name}.")
    remedy = _(
        "Only those count that ended well, with an answer that is true for every customer. Try more of them."
    )


class NoneAnsweredHere(OwnerError):
    code = "none_answered_here"
    message = _("No conversation was answered by a person and resolved here yet.")
    remedy = _("Answer some in the inbox and press Resolve, then press Try again; or upload an export.")
