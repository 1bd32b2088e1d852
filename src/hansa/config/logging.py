"""Logs: one structured line per event, as JSON for machines or as text for people. Secrets are blotted out."""

import logging
import re
import sys
from collections.abc import Iterable
from functools import lru_cache, partial
from typing import Any, Literal

import structlog

BLOT = "[redacted]"

_NAMES = r"authorization|cookie|password\w*|passwd|secret\w*|token|api[_-]?key|client_secret|csrf\w*|session\w*"
# What gives itself away by its form, wherever it stands: in a message, a path or a traceback.
_FORMS = (
    r"(?i:\b(?:bearer|basic|cart|order|api-key)\s+)[\w.~+/=-]{16,}",  # Authorization
    r"\b(?:sk|rk|whsec|hansa)_[\w-]{8,}",  # keys with a prefix: Stripe's, ours
    rf"(?i:[\"']?\b(?:{_NAMES})\b[\"']?\s*[:=]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,;&)\]}}]+)",  # password=…, "token": "…"
    r"(?<=://)[^\s:/@]+:[^\s@/]+(?=@)",  # user:password@host
    r"(?<![\w-])[0-9a-f]{32}(?![\w-])",  # tokens of carts and orders (kernel/tokens.py)
    r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w.-])",  # card numbers
)
_OPEN = frozenset(("event", "level", "timestamp", "request_id", "error_id", "method", "tenant"))
"""Keys whose values we make ourselves, and that may look like secrets."""


_PLAIN = frozenset((int, float, bool, type(None)))
_SHORT = 200


class Redact:
    """Blots out secrets: those that we know, and what looks like one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Take the secrets of this installation."""
        known = (re.escape(secret) for secret in sorted(secrets, key=len, reverse=True) if secret)
        pattern = re.compile("|".join((*known, *_FORMS)))
        self._blot_out = partial(pattern.sub, BLOT)
        self._blot_out_short = lru_cache(maxsize=4096)(self._blot_out)  # paths: the same ones all day

    def __call__(self, logger: object, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:  # noqa: ARG002
        """Go through the values of one line."""
        for key, value in event.items():
            if type(value) not in _PLAIN and (key not in _OPEN or (key == "event" and " " in str(value))):
                event[key] = self._clean(value)
        return event

    def _clean(self, value: Any) -> Any:  # noqa: ANN401  (whatever is logged)
        if isinstance(value, str):
            return self._blot_out_short(value) if len(value) < _SHORT else self._blot_out(value)
        if isinstance(value, dict):
            return {key: self._clean(f"{key}={one}").partition("=")[2] for key, one in value.items()}
        if isinstance(value, list | tuple | set):
            return [self._clean(one) for one in value]
        return value if type(value) in _PLAIN else self._blot_out(str(value))


def configure_logging(log_format: Literal["text", "json"], *, secrets: Iterable[str] = ()) -> None:
    """Send everything, ours and the libraries', through one renderer to standard error, without the secrets."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        # The traceback is text by then; the decorated ones print local variables, and those may be secrets.
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    )
    before_render: list[structlog.typing.Processor] = [structlog.processors.format_exc_info, Redact(secrets)]
    structlog.configure(
        processors=[*shared, *before_render, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *before_render, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    # Our own access line says more, and says it once.
    for quiet in ("django.request", "django.server", "granian.access", "_granian"):
        logging.getLogger(quiet).setLevel(logging.ERROR)
