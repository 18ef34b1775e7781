"""The environment variables of a site run by `make`: what is not given is chosen here, once."""

from __future__ import annotations

import errno
import ipaddress
import os
import secrets
import socket
from pathlib import Path

from deploy.console import ROOT, Failure

SECRET_KEY_BYTES = 64
EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104 - compared, never bound by default
LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"]


def data_directory() -> Path:
    """Return the folder of everything the site writes: database, uploads, secret key."""
    path = Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()
    try:
        # The database (accounts, sessions) and the mails kept are nobody else's to read.
        path.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(
            f"impossible d’écrire dans « {path} » ({error.strerror}). "
            "Donnez les droits sur ce dossier, ou choisissez-en un autre avec DATA_DIR."
        ) from error
    return path


def secret_key(directory: Path) -> str:
    """Return the site's secret key, drawn the first time; only its owner may read it."""
    path = directory / "secret-key"
    try:
        # O_EXCL: two first runs at once cannot each sign with a key of its own.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text().strip()
        if not key:
            raise Failure(f"« {path} » est vide : effacez-le, une clé neuve sera tirée.") from None
        return key
    key = secrets.token_urlsafe(SECRET_KEY_BYTES)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key


def production_environment(host: str, port: int) -> dict[str, str]:
    """Return the variables of the production settings; those already set are kept."""
    directory = data_directory()
    visited = "127.0.0.1" if host in EVERY_ADDRESS else host
    chosen = {
        "DJANGO_SETTINGS_MODULE": "impulsion_site.settings.production",
        "DATA_DIR": str(directory),
        "SITE_URL": f"http://{url_host(visited)}:{port}",
        "ALLOWED_HOSTS": ",".join(allowed_hosts(host)),
    }
    environment = {name: os.environ.get(name) or value for name, value in chosen.items()}
    environment["LOCAL_ADMINISTRATOR"] = local_administrator(host)
    environment["SECRET_KEY"] = os.environ.get("SECRET_KEY") or secret_key(directory)
    return environment


def local_administrator(host: str) -> str:
    """Whether the administrator enters without second factor: nobody else reaches loopback.

    A public address given by hand means that a web server stands in front: then nobody does.
    """
    if os.environ.get("SITE_URL"):
        return "false"
    try:
        addresses = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return "false"
    alone = all(ipaddress.ip_address(address).is_loopback for address in addresses)
    return "true" if alone else "false"


def kept_mails() -> Path | None:
    """Return the folder where mails are kept; None when a mail server sends them."""
    return None if os.environ.get("EMAIL_URL") else data_directory() / "mail"


def url_host(host: str) -> str:
    """Write a host as an address holds it: IPv6 goes between brackets."""
    return f"[{host}]" if ":" in host else host


def allowed_hosts(host: str) -> list[str]:
    """Return the names under which a site listening on this host may be asked."""
    if host not in EVERY_ADDRESS:
        return list(dict.fromkeys([*LOOPBACK_NAMES, url_host(host)]))
    return list(dict.fromkeys([*LOOPBACK_NAMES, socket.gethostname(), *machine_addresses()]))


def machine_addresses() -> list[str]:
    """Return this machine's addresses on its networks, loopback left out."""
    found = []
    # Connecting a UDP socket sends nothing: it only asks the system which address it would use.
    for family, target in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((target, 9))
            except OSError:
                continue
            address = probe.getsockname()[0]
        if not ipaddress.ip_address(address).is_loopback:
            found.append(url_host(address))
    return found


def check_port(host: str, port: int) -> None:
    """Say clearly, before any work, that the site could not listen there."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise Failure(
            f"« {host} » n’est pas une adresse de cette machine. "
            "Essayez HOST=127.0.0.1, ou HOST=0.0.0.0 pour tout le réseau."
        ) from error
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            where = f"{url_host(host)}:{port}"
            raise Failure(f"impossible d’écouter sur {where} : {_reason(error, port)}") from error


def _reason(error: OSError, port: int) -> str:
    """Say why an address cannot be had, and what to type instead."""
    return {
        errno.EADDRINUSE: "ce port est déjà pris par un autre programme. "
        f"Choisissez-en un autre, par exemple « make run PORT={port + 1} ».",
        errno.EACCES: "les ports au-dessous de 1024 sont réservés à root. "
        "Choisissez-en un autre, par exemple « make run PORT=8000 ».",
        errno.EADDRNOTAVAIL: "cette adresse n’est pas celle de la machine. "
        "Essayez « make run HOST=127.0.0.1 », ou HOST=0.0.0.0 pour tout le réseau.",
    }.get(error.errno or 0, error.strerror or str(error))
