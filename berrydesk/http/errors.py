"""Why a page could not be fetched, in the owner's words."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError


class FetchError(OwnerError):
    """A page could not be fetched."""

    code = "fetch_failed"
    message = _("{url} could not be fetched.")
    remedy = _("Check the address in your browser, then press Try again.")


class NotAWebAddress(FetchError):
    code = "not_a_web_address"
    message = _("{url} is not a web address: {why}")
    remedy = _("Type it as your browser shows it, for example https://shop.example/help.")


class AddressNotAllowed(FetchError):
    code = "address_not_allowed"
    message = _("{host} is not on the public internet, so Berrydesk does not read from it.")
    remedy = _(
        "Use the public address of your site. To learn from an intranet on purpose, "
        "ask whoever runs Berrydesk to add it to BERRYDESK_FETCH_ALLOW."
    )


class PortNotAllowed(FetchError):
    code = "port_not_allowed"
    message = _("{host} is asked for on port {port}; websites answer on ports 80 and 443.")
    remedy = _(
        "Use the public address of your site, or ask whoever runs Berrydesk to add {host}:{port} "
        "to BERRYDESK_FETCH_ALLOW."
    )


class NameNotFound(FetchError):
    code = "name_not_found"
    message = _("There is no website called {host}.")
    remedy = _("Check the spelling of the address, then press Try again.")


class ConnectionRefused(FetchError):
    code = "connection_refused"
    message = _("{host} did not accept the connection.")
    remedy = _("Check that the site opens in your browser, then press Try again.")


class TookTooLong(FetchError):
    code = "fetch_timeout"
    message = _("{host} did not finish answering within {seconds} seconds.")
    remedy = _("The site may be busy. Press Try again in a few minutes.")


class TlsFailed(FetchError):
    code = "tls_failed"
    message = _("{host} could not prove that it is {host}: its certificate is not valid.")
    remedy = _("Ask whoever runs the site to renew its certificate, then press Try again.")


class NoTls(TlsFailed):
    code = "no_tls"
    message = _("{host} does not speak https, only plain http if anything.")
    remedy = _("Type the address with http:// in front of it, as your browser shows it.")


class BrokenAnswer(FetchError):
    code = "broken_answer"
    message = _("{host} broke off in the middle of its answer, or answered in a way that cannot be read.")
    remedy = _("Check that the page opens in your browser, then press Try again.")


class AnswerTooLarge(FetchError):
    code = "page_too_large"
    message = _("{url} is larger than {limit} MB.")
    remedy = _("Split the page, or save the part that matters as a file and upload it.")


class TooManyRedirects(FetchError):
    code = "too_many_redirects"
    message = _("{url} sends visitors from one address to the next without ever arriving.")
    remedy = _("Ask whoever runs the site to mend the redirects, then press Try again.")


class NotAPage(FetchError):
    code = "not_a_page"
    message = _("{url} is not a page but {media_type}.")
    remedy = _("Give the address of a page. Files can be uploaded instead.")


class BadStatus(FetchError):
    """The server answered, but not with the page. ``status`` is its number."""

    code = "bad_status"
    message = _("{host} answered with the number {status} instead of the page.")
    remedy = _("Check that the page opens in your browser, then press Try again.")

    def __init__(self, *, status, retry_after_s=None, **facts):
        self.status = status
        self.retry_after_s = retry_after_s
        super().__init__(status=status, **facts)


class PageNotFound(BadStatus):
    code = "page_not_found"
    message = _("There is no page at {url} any more ({status}).")
    remedy = _("Check the address in your browser, or remove the link to it from your site.")


class PageForbidden(BadStatus):
    code = "page_forbidden"
    message = _("{host} does not let Berrydesk read {url} ({status}): it needs a sign-in or blocks robots.")
    remedy = _("Allow the user agent Berrydesk on your site, or save the page as a file and upload it.")


class TooManyRequests(BadStatus):
    code = "too_many_requests"
    message = _("{host} asks Berrydesk to read more slowly ({status}).")
    remedy = _("Press Try again in a few minutes, or allow the user agent Berrydesk on your site.")


class ServerFailed(BadStatus):
    code = "server_failed"
    message = _("{host} has a problem of its own and answered {status} instead of the page.")
    remedy = _("Check that the page opens in your browser, then press Try again.")


def of_status(status, **facts):
    """The error for an answer that is no page."""
    kind = BadStatus
    if status in (404, 410):
        kind = PageNotFound
    elif status in (401, 402, 403, 407, 451):
        kind = PageForbidden
    elif status == 429:
        kind = TooManyRequests
    elif status >= 500:
        kind = ServerFailed
    return kind(status=status, **facts)
