"""Middleware on its way through an event loop: a thread only where something may be waited for.

Django moves each step of its synchronous middleware to a thread and back, a dozen times a request: most of what a
short answer costs. What these steps do is look at headers; the few that read or write more still get their thread.
"""

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.middleware.security import SecurityMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

WORTH_A_THREAD_BYTES = 16_384
"""Compressing less than this is done before a thread has begun."""


class Passing:
    """A middleware of Django's whose steps run where the request is; what it does is unchanged."""

    async def __acall__(self, request):
        response = self.process_request(request) if hasattr(self, "process_request") else None
        response = response or await self.get_response(request)
        if not hasattr(self, "process_response"):
            return response
        if self.may_wait(request, response):
            return await sync_to_async(self.process_response, thread_sensitive=True)(request, response)
        return self.process_response(request, response)

    def may_wait(self, request, response):
        """Whether what is done to this response may read or write more than headers."""
        return False


class Security(Passing, SecurityMiddleware):
    pass


class Locale(Passing, LocaleMiddleware):
    pass


class Common(Passing, CommonMiddleware):
    pass


class Authentication(Passing, AuthenticationMiddleware):
    """The user is looked up by whoever asks for one."""


class FrameOptions(Passing, XFrameOptionsMiddleware):
    pass


class ContentSecurityPolicy(Passing, CSPMiddleware):
    pass


class Compression(Passing, GZipMiddleware):
    """Compression of what is worth it. Django's would hold the events of a stream back until its window is full."""

    def may_wait(self, request, response):
        return not response.streaming and len(response.content) >= WORTH_A_THREAD_BYTES

    def process_response(self, request, response):
        if response.streaming:
            return response
        return super().process_response(request, response)


class Session(Passing, SessionMiddleware):
    """A session is saved where it was changed."""

    def may_wait(self, request, response):
        return request.session.modified


class Messages(Passing, MessageMiddleware):
    """Messages lie in the session where a cookie cannot hold them."""

    def may_wait(self, request, response):
        messages = getattr(request, "_messages", None)
        return messages is not None and (messages.used or messages.added_new)


class Csrf(Passing, CsrfViewMiddleware):
    """The proof of a form may stand in its body, which is read in a thread."""

    async def process_view(self, request, callback, callback_args, callback_kwargs):
        look = super().process_view
        if getattr(callback, "csrf_exempt", False) or request.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return look(request, callback, callback_args, callback_kwargs)
        return await sync_to_async(look, thread_sensitive=True)(
            request, callback, callback_args, callback_kwargs
        )


class StaticFiles(WhiteNoiseMiddleware):
    """Files are served in a thread, everything else passes."""

    async_capable = True

    def __init__(self, get_response):
        super().__init__(get_response)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request):
        return self._asked(request) if iscoroutinefunction(self) else super().__call__(request)

    async def _asked(self, request):
        is_ours = self.autorefresh or request.path_info in self.files
        if is_ours and (response := await sync_to_async(self._served)(request)):
            return response
        return await self.get_response(request)

    def _served(self, request):
        path = request.path_info
        found = self.find_file(path) if self.autorefresh else self.files.get(path)
        return found and self.serve(found, request)
