"""Read where e-mail goes from one address, as HANSA_EMAIL_URL has it."""

from typing import Any
from urllib.parse import unquote, urlsplit

_BACKENDS = "django.core.mail.backends"
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
TIMEOUT_SECONDS = 7
"""A mail server that hangs holds up the worker no longer than this."""


def check_email_url(url: str) -> str:
    """Return the address if it can be read. Raises ValueError, which says what is wrong."""
    if url:
        read_email_url(url)
    return url


def read_email_url(url: str) -> dict[str, Any]:
    """Return what Django's MAILERS needs for the address. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme == "console":
        return {"BACKEND": f"{_BACKENDS}.console.EmailBackend"}
    if parts.scheme == "file" and parts.path.startswith("/"):
        return {"BACKEND": f"{_BACKENDS}.filebased.EmailBackend", "OPTIONS": {"file_path": unquote(parts.path)}}
    if parts.scheme not in _PORTS or not parts.hostname:
        message = "write smtp://user:password@host:587, smtps://…, smtp+plain://host:25, console: or file:///directory"
        raise ValueError(message)
    options: dict[str, Any] = {
        "host": parts.hostname,
        "port": parts.port or _PORTS[parts.scheme],
        "timeout": TIMEOUT_SECONDS,
        "use_tls": parts.scheme == "smtp",
        "use_ssl": parts.scheme == "smtps",
    }
    if parts.username:
        options |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    return {"BACKEND": f"{_BACKENDS}.smtp.EmailBackend", "OPTIONS": options}
