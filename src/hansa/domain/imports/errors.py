"""What can go wrong with a merchant's file as a whole; bad rows are no errors but failures of their own.

Invalid
└── UnreadableFile     nothing can be imported from this file
    ├── EmptyFile, NoRows
    ├── FileInUtf16, FileInUtf32, FileNotUtf8, FileIsBinary
    ├── LinesEndWithCr, RecordTooLong, TooManyColumns
    └── UnknownHeader
Invalid
└── UnknownFormat
NotFound
└── ImportNotFound
Conflict
├── ImportRunning      this shop's catalogue is being imported by another process
└── ImportNotPossible  the run is in no state for that
LimitReached
└── TooManyImports     as many wait as may
TooLarge
└── ImportFileTooLarge
"""

from hansa.kernel.errors import Conflict, Invalid, LimitReached, NotFound, TooLarge


class UnreadableFile(Invalid):
    """Nothing can be imported from this file."""

    code = "unreadable_file"


class EmptyFile(UnreadableFile):
    """There is not a single byte in it, or only blank lines."""

    code = "empty_file"


class NoRows(UnreadableFile):
    """There is a header and nothing below it."""

    code = "no_rows"


class FileInUtf16(UnreadableFile):
    """The text is in UTF-16, as some spreadsheets save "Unicode text"."""

    code = "file_in_utf16"


class FileInUtf32(UnreadableFile):
    """The text is in UTF-32."""

    code = "file_in_utf32"


class FileNotUtf8(UnreadableFile):
    """Some bytes are not UTF-8."""

    code = "file_not_utf8"


class FileIsBinary(UnreadableFile):
    """There are NUL bytes in it, so it is no text."""

    code = "file_is_binary"


class LinesEndWithCr(UnreadableFile):
    """The lines end with a carriage return alone, as old Macs wrote them."""

    code = "lines_end_with_cr"


class RecordTooLong(UnreadableFile):
    """One row is longer than we read into memory."""

    code = "record_too_long"


class TooManyColumns(UnreadableFile):
    """The header has more columns than any shop's export."""

    code = "too_many_columns"


class UnknownHeader(UnreadableFile):
    """The first row is not the header of the format that was named."""

    code = "unknown_header"


class UnknownFormat(Invalid):
    """No reader has this name."""

    code = "unknown_format"


class ImportRunning(Conflict):
    """Another process imports into the same shop."""

    code = "import_running"


class ImportNotFound(NotFound):
    """There is no such run in this shop."""

    code = "import_not_found"


class ImportNotPossible(Conflict):
    """The run is in no state for what was asked."""

    code = "import_not_possible"


class TooManyImports(LimitReached):
    """The shop has as many unfinished imports as it may."""

    code = "too_many_imports"


class ImportFileTooLarge(TooLarge):
    """The file has more bytes than we take."""

    code = "import_file_too_large"
