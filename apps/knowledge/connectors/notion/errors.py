"""What can go wrong with Notion, in the owner's words."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError


class NotShared(OwnerError):
    """Notion answers for a page that was not shared as for one that does not exist."""

    code = "notion_page_not_shared"
    message = _("Notion does not share {title} with Berrydesk, or it was deleted there.")
    remedy = _("Open the page in Notion, choose Connections, add Berrydesk, then press Try again.")


class NothingShared(OwnerError):
    code = "notion_nothing_shared"
    message = _("Notion shared no pages with Berrydesk.")
    remedy = _("Open the page in Notion, choose Connections, add Berrydesk, then press Try again.")


class NotConnected(OwnerError):
    code = "notion_not_connected"
    message = _("Notion is not connected, so nothing could be read. What was learned is kept.")
    remedy = _("Press Notion under Knowledge, connect it, then press Try again.")


class Revoked(OwnerError):
    code = "notion_revoked"
    message = _(
        "Notion no longer lets Berrydesk in: its access was revoked or has run out. What was learned is kept."
    )
    remedy = _("Press Notion under Knowledge, connect it again, then press Try again.")


class TokenMissing(OwnerError):
    code = "notion_token_missing"
    message = _("There is no token to connect with.")
    remedy = _("Copy the Internal Integration Secret of your integration in Notion, then press Connect.")


class TokenWrong(OwnerError):
    code = "notion_token_wrong"
    message = _("Notion does not know this token: it was mistyped, or it was replaced by a newer one.")
    remedy = _(
        "Copy the Internal Integration Secret in Notion once more, paste it whole, then press Connect."
    )


class MayNotRead(OwnerError):
    code = "notion_may_not_read"
    message = _("The integration in Notion is not allowed to read content.")
    remedy = _("Open the integration in Notion, tick Read content, press Save, then try once more.")


class Busy(OwnerError):
    code = "notion_busy"
    message = _("Notion asks Berrydesk to read more slowly ({reason}).")
    remedy = _(
        "What is being read goes on by itself in about {minutes} min. Otherwise wait that long, then try once more."
    )


class Long(OwnerError):
    code = "notion_long_page"
    message = _("{title} is long, so it is read in several parts.")
    remedy = _("Nothing to do: reading goes on by itself.")


class Down(OwnerError):
    code = "notion_down"
    message = _("Notion has a problem of its own and answered with the number {status}.")
    remedy = _("Wait a few minutes, then try once more. What was learned is kept.")


class Unreachable(OwnerError):
    code = "notion_unreachable"
    message = _("Notion could not be reached, or broke off in the middle of its answer.")
    remedy = _("Wait a few minutes, then try once more. What was learned is kept.")


class Refused(OwnerError):
    """Notion understood the request and did not like it. ``reference`` is Notion's own number of the answer."""

    code = "notion_refused"
    message = _("Notion refused to answer: {reason}")
    remedy = _("Try once more. If it happens again, tell Notion's support the request number {reference}.")


class PageCut(OwnerError):
    """A note beside a learned page, not a failure."""

    code = "notion_page_cut"
    message = _("{title} goes on beyond {limit}, so its end was not learned.")
    remedy = _("Split it into several pages in Notion, then press Sync.")


class RowsCut(OwnerError):
    code = "notion_rows_cut"
    message = _(
        "{title} has more than {limit} rows from the very same minute, and Notion does not hand out the rest."
    )
    remedy = _("Split the database in Notion, or export it as CSV and upload that.")


class ClientMissing(OwnerError):
    code = "notion_client_missing"
    message = _("To connect by signing in, Notion's client ID and client secret are needed.")
    remedy = _("Copy both from your public integration in Notion, then press Save.")


class NotAllowed(OwnerError):
    code = "notion_not_allowed"
    message = _("Notion was not allowed to share pages: {reason}")
    remedy = _("Press Continue to Notion again, choose the pages, then press Allow access.")


class StateWrong(OwnerError):
    code = "notion_state_wrong"
    message = _(
        "This answer from Notion belongs to no connection that was begun here in the last {minutes} min."
    )
    remedy = _("Press Continue to Notion once more, in the same browser.")


class ExchangeFailed(OwnerError):
    code = "notion_exchange_failed"
    message = _("Notion did not hand over its token: {reason}")
    remedy = _(
        "Check the client ID, the client secret and the redirect address {redirect} in your integration, "
        "then press Continue to Notion."
    )
