"""Identifiers that sort by the time they were made: UUID version 7 (RFC 9562, section 5.7)."""

import os
import time
import uuid


def uuid7():
    """A new UUID: 48 bits of milliseconds, then 74 random bits; rows made together lie together."""
    stamp = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (stamp & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | random & (1 << 62) - 1
    return uuid.UUID(int=value)
