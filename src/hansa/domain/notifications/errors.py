"""What can go wrong with notifications."""

from hansa.kernel.errors import Conflict, Invalid, NotFound, Unavailable


class NotificationNotFound(NotFound):
    """There is no such notification."""

    code = "notification_not_found"


class AlreadySent(Conflict):
    """It has been sent, or waits to be, and nothing is sent twice."""

    code = "notification_already_sent"


class NotDelivered(Unavailable):
    """The mail server did not take it; it is tried again."""

    code = "notification_not_delivered"


class InvalidText(Invalid):
    """A letter's text cannot be as it was written."""

    code = "invalid_letter_text"


class TextTaken(Conflict):
    """There is a text for this letter and language already."""

    code = "letter_text_taken"
