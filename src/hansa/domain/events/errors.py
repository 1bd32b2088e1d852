"""What can be wrong with what somebody wants of events."""

from hansa.kernel.errors import Conflict


class EventHasNotFailed(Conflict):
    """Only an event that was given up can be handled again."""

    code = "event_has_not_failed"
