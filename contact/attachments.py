"""The files that people join to a request: what is accepted, and what is kept of them."""

from dataclasses import dataclass

MOST_FILES = 5


@dataclass(frozen=True)
class CleanFile:
    """A file that was checked, as it will be kept."""

    name: str
    content_type: str
    content: bytes
    # SHA-256 of what was sent, before it was cleaned.
    original_sha256: str
