"""What can go wrong when a page is opened with the browser of the machine, in the owner's words."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError

BY_HAND = _("Save the page from your own browser as PDF and upload that, or paste its text.")


class NotRendered(OwnerError):
    """A page that only scripts fill could not be read with a browser."""

    code = "page_not_rendered"
    message = _(
        "{url} holds no text until a browser has run its scripts, and the one on the server could not open it."
    )
    remedy = BY_HAND


class RenderedEmpty(NotRendered):
    code = "page_rendered_empty"
    message = _("{url} was opened with a browser, and held no text even after its scripts had run.")
    remedy = _(
        "Check that it opens in a private window of your own browser, without a sign-in; then press Try again."
    )


class Unanswered(NotRendered):
    """What a page's scripts wrote while its site failed them: an apology rather than the page."""

    code = "page_render_unanswered"
    message = _(
        "{url} was opened with a browser, and its website failed to answer the page's own scripts, so what they wrote was not "
        "taken for the page."
    )
    remedy = _(
        "The next sync opens it again; what was learned from it before is kept. If it stays so, check that the page opens "
        "in your own browser, or save it from there as PDF and upload that."
    )


class RenderedTooSlow(NotRendered):
    code = "page_render_slow"
    message = _(
        "{url} was opened with a browser, whose scripts did not come to an end within {seconds} seconds."
    )
    remedy = BY_HAND


class RenderedTooHeavy(NotRendered):
    code = "page_render_memory"
    message = _(
        "{url} was opened with a browser, whose scripts needed more memory or disk than a page may have."
    )
    remedy = BY_HAND


class BrowserBusy(NotRendered):
    """Other pages are being opened on this machine: no fault of this one."""

    code = "browser_busy"
    message = _("{url} has to wait: the browser on the server is busy with other pages.")
    remedy = _("There is nothing to do: the sync goes on by itself as soon as the browser is free.")


class BrowserUnsafe(NotRendered):
    code = "browser_without_sandbox"
    message = _(
        "{url} needs a browser to be read, and the one on the server may not build the sandbox that keeps strangers' "
        "scripts away from it, so the page was not opened."
    )
    remedy = _(
        "Ask whoever runs Berrydesk to let Chromium use its sandbox (Operate, Pages of JavaScript); or save the page "
        "from your own browser as PDF and upload that."
    )
