"""What can become of a job that is not done."""

from datetime import datetime


class Later(Exception):
    """Raised by a job that wants to go on later, of its own accord or after a failure that it understands."""

    def __init__(self, at: datetime, reason: str = "") -> None:
        """Take the moment from which it may be started again, and why, for `last_error`."""
        super().__init__(reason)
        self.at = at
        self.reason = reason


class JobLost(Exception):
    """The lease ran out and somebody else works on the job: stop, and write nothing more."""
