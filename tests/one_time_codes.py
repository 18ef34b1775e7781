"""What an application of codes shows (RFC 6238), without any of the site's code."""

import base64
import hashlib
import hmac
import struct
import time


def code_of(secret: str | None, when: float | None = None) -> str:
    """The six digits of this secret, now or at another time."""
    key = base64.b32decode(secret or "", casefold=True)
    step = int((time.time() if when is None else when) // 30)
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    place = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[place : place + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"
