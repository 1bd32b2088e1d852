"""Processes that must not be missing: started, started again when they end, and ended with us."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence

import structlog

LOOK_SECONDS = 0.5
SHORT_LIFE_SECONDS = 10
MAX_PAUSE_SECONDS = 10
END_SECONDS = 20

_log = structlog.get_logger("hansa.supervisor")


class Supervised:
    """One process, `hansa <arguments>`; a new one when it ends, later each time it does not live long."""

    def __init__(self, arguments: Sequence[str]) -> None:
        """Start it."""
        self.arguments = tuple(arguments)
        self._short_lives = 0
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "hansa", *self.arguments])  # noqa: S603  (our own program)
        self._started = time.monotonic()
        self._start_again_at: float | None = None

    def look(self) -> None:
        """Start it again if it has ended."""
        status = self.process.poll()
        if status is None:
            return
        now = time.monotonic()
        if self._start_again_at is None:
            is_short = now - self._started < SHORT_LIFE_SECONDS
            self._short_lives = self._short_lives + 1 if is_short else 0
            pause = min(2.0**self._short_lives - 1, MAX_PAUSE_SECONDS)
            _log.error("process_ended", arguments=self.arguments, status=status, starts_again_in=pause)
            self._start_again_at = now + pause
        if now >= self._start_again_at:
            self._start()

    def end(self) -> None:
        """Ask it to end, and end it when it does not."""
        self.process.terminate()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def supervise(commands: Sequence[Sequence[str]], *, pause: Callable[[float], bool]) -> None:
    """Keep `hansa <command>` running for each command, until `pause(seconds)` says that it is time to stop."""
    supervised = [Supervised(command) for command in commands]
    try:
        while not pause(LOOK_SECONDS):
            for one in supervised:
                one.look()
    finally:
        for one in supervised:
            one.process.terminate()
        for one in supervised:
            one.end()
