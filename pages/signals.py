"""What happens by itself when content changes."""

from . import chores  # noqa: F401  (registers the chores of the ground floor)
