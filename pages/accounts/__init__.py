"""One way in for staff and partners: signing in, passwords, second factor (decision 0019)."""
