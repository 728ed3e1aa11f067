"""What a person reads when a page cannot be shown: words and a way back, never a stack trace."""

import logging
import secrets

from django.core.exceptions import DisallowedHost
from django.shortcuts import render
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)


def not_found(request, exception=None):
    """The page of an address where there is nothing, or nothing for this person."""
    return _page(
        request,
        404,
        _("There is nothing here"),
        _("The address is mistyped, what was here is gone, or it belongs to another workspace."),
    )


def refused(request, exception=None):
    """The page of what may not be done."""
    return _page(request, 403, _("This is not allowed"), _("Go back, reload the page and try again."))


def stale_form(request, reason=""):
    """The page of a form that was sent without its proof of coming from here (Django's CSRF_FAILURE_VIEW)."""
    log.warning("A form was refused: %s", reason)
    return _page(
        request,
        403,
        _("The form was open too long"),
        _("For your safety it was not taken. Go back, reload the page, and send it once more."),
    )


def unreadable(request, exception=None):
    """The page of a request that could not be read, or that came under a name that is not ours."""
    if isinstance(exception, DisallowedHost):
        words = _(
            "Whoever runs this installation has to name its address: set BERRYDESK_BASE_URL to it, then start again."
        )
        return _page(request, 400, _("Berrydesk does not answer under this address"), words)
    return _page(request, 400, _("This could not be read"), _("Go back, reload the page and try again."))


def broken(request):
    """The page of what nobody foresaw: a reference number; the cause is in the log under it."""
    reference = secrets.token_hex(4)
    log.error("%s: %s %s failed", reference, request.method, request.path, exc_info=True)
    words = _(
        "Something unexpected happened on our side. Try again; if it happens again, pass on the reference."
    )
    return _page(request, 500, _("That did not work"), words, reference)


def _page(request, status, title, message, reference=""):
    context = {"title": title, "message": message, "reference": reference}
    return render(request, "errors/page.html", context, status=status)
