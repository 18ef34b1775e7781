"""No model of its own: the module tells Django to announce migrations here too (see apps.py)."""
