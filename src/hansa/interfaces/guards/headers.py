"""The headers that every answer carries, whoever made it: pages, the API, files, health, errors."""

from functools import cache

from django.conf import settings

type Headers = list[tuple[bytes, bytes]]

NOTHING = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of what is no page: it may do nothing."""

_CSP = b"content-security-policy"
_PERMISSIONS = b", ".join(
    feature + b"=()"
    for feature in (
        b"accelerometer",
        b"camera",
        b"display-capture",
        b"geolocation",
        b"gyroscope",
        b"magnetometer",
        b"microphone",
        b"midi",
        b"usb",
    )
)
_RETRY = {429: b"5", 503: b"1"}
"""Seconds, where the refusal itself knows no better."""


def harden(headers: Headers, status: int) -> Headers:
    """Return the headers with those that are missing; what the answer says itself stays."""
    present = {name.lower() for name, _ in headers}
    missing = [pair for pair in _common(settings.SECURE_HSTS_SECONDS) if pair[0] not in present]
    if status in _RETRY and b"retry-after" not in present:
        missing.append((b"retry-after", _RETRY[status]))
    return [*headers, *missing]


@cache
def _common(hsts_seconds: int) -> Headers:
    common = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"strict-origin-when-cross-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"x-frame-options", b"DENY"),
        (b"permissions-policy", _PERMISSIONS),
        (_CSP, NOTHING),
    ]
    if hsts_seconds:
        common.append((b"strict-transport-security", b"max-age=%d; includeSubDomains" % hsts_seconds))
    return common
