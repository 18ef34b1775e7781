"""Settings of the test suite: fast, in memory, nothing collected beforehand."""

import tempfile
from pathlib import Path

from .base import *

SECRET_KEY = "tests-only-" + "x" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The tests of the outbox ask for it; in the others a mail that is sent is there at once.
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MAIL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_FILE_PATH = tempfile.mkdtemp(prefix="impulsion-test-mails-")
ERASURES_PATH = tempfile.mkdtemp(prefix="impulsion-test-erasures-")
# Files of the tests never meet those of the site.
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="impulsion-test-media-"))
STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # A string: Wagtail writes it into the task that deletes files.
        "OPTIONS": {"location": str(MEDIA_ROOT)},
    },
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
