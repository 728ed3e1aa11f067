"""Compression of what is worth it: everything but streams, whose every event must leave at once."""

from django.middleware.gzip import GZipMiddleware


class CompressionMiddleware(GZipMiddleware):
    """Django's gzip would hold the events of a stream back until its window is full."""

    def process_response(self, request, response):
        if response.streaming:
            return response
        return super().process_response(request, response)
