"""Search in French, the same on SQLite and on PostgreSQL."""
