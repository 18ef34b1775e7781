"""Settings of a developer's machine: reload, error pages with a trace, no secret."""

from .base import *

DEBUG = True
SECRET_KEY = SECRET_KEY or "development-only-" + "x" * 50
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
