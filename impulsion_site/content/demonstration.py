"""The examples: fictional content that shows what the site can do, marked as such."""

from .loader import Loader


def load(loader: Loader) -> None:
    """Deliver the examples."""
