"""The accounts of the partners: groups, invitations, register of what is read."""
