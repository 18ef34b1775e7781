"""The figures of the activity reports: written, read, computed, checked, shown."""
