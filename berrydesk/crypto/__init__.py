"""Secrets at rest: Fernet (AES-128-CBC with HMAC) under keys that can be rotated.

``BERRYDESK_ENCRYPTION_KEYS`` holds the keys, the current one first; older ones still decrypt.
"""

import functools

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotDecrypt(Exception):
    """None of the keys fits: they were changed without keeping the old ones."""


@functools.lru_cache(maxsize=1)
def _box(keys):
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text):
    """Ciphertext of ``text``, for a text column."""
    return _box(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(token):
    """What ``encrypt`` was given. Raises CannotDecrypt."""
    try:
        return _box(tuple(settings.ENCRYPTION_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise CannotDecrypt(
            "A stored secret cannot be read: BERRYDESK_ENCRYPTION_KEYS lacks the key it was written with."
        ) from error
