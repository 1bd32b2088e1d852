"""What can go wrong with exports."""

from hansa.kernel.errors import Conflict, Invalid, LimitReached, NotFound


class ExportNotFound(NotFound):
    """There is no such export in this shop, or not for whoever asks."""

    code = "export_not_found"


class ExportFileNotFound(NotFound):
    """The export has no file: not yet, not any more, or it never will have one."""

    code = "export_file_not_found"


class ExportOver(Conflict):
    """The export has ended already."""

    code = "export_over"


class TooManyExports(LimitReached):
    """The shop has as many unfinished exports as it may."""

    code = "too_many_exports"


class TooManyRows(Invalid):
    """The format cannot hold as many rows."""

    code = "too_many_rows"


class InvalidFeed(Invalid):
    """The feed cannot be as it was described."""

    code = "invalid_feed"


class FeedNotFound(NotFound):
    """There is no such feed, or it is off, or it was not written yet."""

    code = "feed_not_found"
