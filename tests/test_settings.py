"""The settings of the real site: what depends on https, and what never changes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
READ = """
import json, sys, django
from django.conf import settings
django.setup()
names = json.loads(sys.argv[1])
print(json.dumps({name: getattr(settings, name, None) for name in names}, default=str))
"""
NAMES = [
    "DEBUG",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "SESSION_COOKIE_SECURE",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_NAME",
    "CSRF_TRUSTED_ORIGINS",
    "CONTENT_SECURITY_POLICY",
    "SECURE_PROXY_SSL_HEADER",
    "DATABASES",
    "INSTALLED_APPS",
    "ALLOWED_HOSTS",
    "LANGUAGE_CODE",
    "TIME_ZONE",
    "EMAIL_BACKEND",
    "MAIL_DELIVERY_BACKEND",
    "EMAIL_HOST",
    "EMAIL_PORT",
    "EMAIL_USE_TLS",
    "EMAIL_FILE_PATH",
]


def production(data: Path, **variables: str) -> dict[str, Any]:
    """The production settings as a new process reads them."""
    done = subprocess.run(
        [sys.executable, "-c", READ, json.dumps(NAMES)],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONUTF8": "1",
            "DJANGO_SETTINGS_MODULE": "impulsion_site.settings.production",
            "DATA_DIR": str(data),
            "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
            "ALLOWED_HOSTS": "www.exemple.fr",
            "SITE_URL": "https://www.exemple.fr",
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_https_turns_on_all_that_protects(tmp_path: Path) -> None:
    site = production(tmp_path)
    assert site["SECURE_SSL_REDIRECT"] is True
    assert site["SECURE_HSTS_SECONDS"] == 31_536_000
    assert site["SESSION_COOKIE_SECURE"] is site["CSRF_COOKIE_SECURE"] is True
    assert site["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert site["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert site["CSRF_TRUSTED_ORIGINS"] == ["https://www.exemple.fr"]
    assert site["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["upgrade-insecure-requests"] is True


def test_plain_http_turns_off_what_would_lock_people_out(tmp_path: Path) -> None:
    site = production(tmp_path, SITE_URL="http://192.0.2.10:8000", ALLOWED_HOSTS="192.0.2.10")
    assert not site["SECURE_SSL_REDIRECT"]
    assert not site["SECURE_HSTS_SECONDS"]
    assert not site["SESSION_COOKIE_SECURE"]
    assert not site["CSRF_COOKIE_SECURE"]
    assert not site["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert not site["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert "upgrade-insecure-requests" not in site["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]


@pytest.mark.parametrize("address", ["https://www.exemple.fr", "http://127.0.0.1:8000"])
def test_what_never_depends_on_the_address(tmp_path: Path, address: str) -> None:
    site = production(tmp_path, SITE_URL=address)
    assert site["DEBUG"] is False
    assert site["SESSION_COOKIE_HTTPONLY"] is True
    assert site["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert site["ALLOWED_HOSTS"] == ["www.exemple.fr"]
    assert (site["LANGUAGE_CODE"], site["TIME_ZONE"]) == ("fr", "Europe/Paris")
    assert site["SECURE_PROXY_SSL_HEADER"] is None
    assert "django.contrib.admin" not in site["INSTALLED_APPS"]
    assert not [name for name in site["INSTALLED_APPS"] if "api" in name.split(".")]


def test_subdomains_and_preload_are_the_operator_s_to_decide(tmp_path: Path) -> None:
    site = production(tmp_path)
    assert not site["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert not site["SECURE_HSTS_PRELOAD"]
    site = production(tmp_path, HSTS_INCLUDE_SUBDOMAINS="1", HSTS_PRELOAD="1")
    assert site["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert site["SECURE_HSTS_PRELOAD"] is True


def test_a_proxy_is_believed_only_when_declared(tmp_path: Path) -> None:
    site = production(tmp_path, BEHIND_HTTPS_PROXY="1", TRUSTED_PROXIES="1")
    assert site["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_sqlite_bears_several_writers(tmp_path: Path) -> None:
    database = production(tmp_path)["DATABASES"]["default"]
    assert database["NAME"] == str(tmp_path / "site.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]


def test_postgresql_is_one_variable_away(tmp_path: Path) -> None:
    database = production(tmp_path, DATABASE_URL="postgres://u:p@db/site")["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["NAME"]) == ("db", "site")


def test_every_mail_goes_by_the_outbox_then_to_a_server_or_to_files(tmp_path: Path) -> None:
    site = production(tmp_path)
    assert site["EMAIL_BACKEND"] == "pages.outbox.OutboxBackend"
    assert site["MAIL_DELIVERY_BACKEND"] == "pages.mail_folder.FolderBackend"
    assert site["EMAIL_FILE_PATH"] == str(tmp_path / "mail")
    site = production(tmp_path, EMAIL_URL="smtp+tls://u:p@mail.example:587")
    assert site["EMAIL_BACKEND"] == "pages.outbox.OutboxBackend"
    assert site["MAIL_DELIVERY_BACKEND"] == "pages.mail_delivery.SmtpBackend"
    assert (site["EMAIL_HOST"], site["EMAIL_PORT"]) == ("mail.example", 587)
    assert site["EMAIL_USE_TLS"] is True


def test_behind_a_proxy_the_tries_of_all_visitors_are_not_counted_together(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="TRUSTED_PROXIES est obligatoire"):
        production(tmp_path, BEHIND_HTTPS_PROXY="1")
