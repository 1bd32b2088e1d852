"""What can go wrong with notifications."""

from hansa.kernel.errors import Conflict, NotFound, Unavailable


class NotificationNotFound(NotFound):
    """There is no such notification."""

    code = "notification_not_found"


class BeingSent(Unavailable):
    """Somebody else is sending it right now, or was and died: try again after the lease."""

    code = "notification_being_sent"


class AlreadySent(Conflict):
    """It has been sent, and nothing is sent twice."""

    code = "notification_already_sent"


class NotDelivered(Unavailable):
    """The mail server did not take it; it is tried again."""

    code = "notification_not_delivered"
