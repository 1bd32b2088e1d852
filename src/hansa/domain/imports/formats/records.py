"""Rows of a CSV file, one at a time, whatever the file does.

Never more than one record is in memory, and a record has a limit, so a gigabyte on one line costs
a megabyte. Rows are counted as a spreadsheet counts them: the header is row 1, and a record that
spans several lines is one row.
"""

import codecs
import csv
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from hansa.domain.imports.errors import (
    EmptyFile,
    FileInUtf16,
    FileInUtf32,
    FileIsBinary,
    FileNotUtf8,
    LinesEndWithCr,
    RecordTooLong,
    TooManyColumns,
)

MAX_RECORD_BYTES = 1024 * 1024
MAX_COLUMNS = 2000

_SAVE_AS = "Save it as “CSV UTF-8 (comma-separated)” and import that file."


class Record(NamedTuple):
    """One row of the file."""

    row: int
    cells: list[str]
    defect: str = ""
    """What is wrong with the record as CSV; "" when nothing is."""


class RecordReader:
    """An iterator of the records of one CSV file, the header among them."""

    def __init__(self, file: BinaryIO) -> None:
        """Take a binary file, positioned at its beginning."""
        # The limit belongs to the whole process; ours is the larger one, and records have their own.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_RECORD_BYTES))
        self._file = file
        self.row = 0
        """The row that was read last."""
        self.bytes_read = 0
        self._record_bytes = 0
        self._is_at_end = False
        self._csv = csv.reader(self._lines())

    def __iter__(self) -> Iterator[Record]:
        """Give the records that are left. Blank lines are counted and given with no cells.

        Raises FileInUtf16, FileInUtf32, FileIsBinary, FileNotUtf8, LinesEndWithCr and RecordTooLong where the
        file stops being readable.
        """
        while True:
            self._record_bytes = 0
            defect = ""
            try:
                cells = next(self._csv)
            except StopIteration:
                return
            except csv.Error as error:
                cells, defect = [], f"The row is not valid CSV ({error})."
            self.row += 1
            if self._is_at_end:
                # A whole record ends before its reader asks for one more line.
                defect = (
                    "A quotation mark is opened in this row and never closed, so the rest of the file"
                    ' reads as one cell. Close it; write a quotation mark inside a text as "".'
                )
            yield Record(self.row, cells, defect)

    def header(self) -> list[str]:
        """Return the cells of the first row that has any, without padding.

        Raises EmptyFile, TooManyColumns and what iterating raises.
        """
        for record in self:
            if any(cell.strip() for cell in record.cells):
                if len(record.cells) > MAX_COLUMNS:
                    message = (
                        f"The header has {len(record.cells):,} columns; the most is {MAX_COLUMNS:,}."
                        " Remove the columns that are no product data."
                    )
                    raise TooManyColumns(message)
                return [cell.strip() for cell in record.cells]
        message = "The file is empty. Export the products again and import that file."
        raise EmptyFile(message)

    def _lines(self) -> Iterator[str]:
        """Decode line by line; the CSV reader asks for more lines until its record is whole."""
        read = self._file.readline
        while line := read(MAX_RECORD_BYTES + 1):
            self._record_bytes += len(line)
            if self.bytes_read == 0:
                line = self._without_mark(line)
                self._refuse_old_mac(line)
            self.bytes_read += len(line)
            if b"\0" in line:
                self._refuse_nul(line)
            if self._record_bytes > MAX_RECORD_BYTES:
                message = (
                    f"Row {self.row + 1} is longer than {MAX_RECORD_BYTES // 1024:,} KiB."
                    " Either the file is no CSV, or a quotation mark in that row is never closed."
                )
                raise RecordTooLong(message)
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                message = (
                    f"The file is not in UTF-8: byte {line[error.start]:#04x} in row {self.row + 1}"
                    f" (byte {self.bytes_read - len(line) + error.start + 1:,} of the file). {_SAVE_AS}"
                )
                raise FileNotUtf8(message) from None
            yield text
        self._is_at_end = True

    def _without_mark(self, line: bytes) -> bytes:
        """Drop the byte-order mark of UTF-8, and refuse files that begin with the one of UTF-16 or UTF-32."""
        # UTF-32's begins like UTF-16's.
        if line.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            message = f"The file is in UTF-32. {_SAVE_AS}"
            raise FileInUtf32(message)
        if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            message = f"The file is in UTF-16. {_SAVE_AS}"
            raise FileInUtf16(message)
        return line.removeprefix(codecs.BOM_UTF8)

    def _refuse_old_mac(self, line: bytes) -> None:
        """Refuse a file whose first line goes on behind a carriage return that stands in no quotation marks."""
        before, cr, _ = line.rstrip(b"\r\n").partition(b"\r")
        if cr and before.count(b'"') % 2 == 0:
            message = f"The lines end with CR alone, as old Macs wrote them. {_SAVE_AS}"
            raise LinesEndWithCr(message)

    def _refuse_nul(self, line: bytes) -> None:
        # Text in UTF-16 without a mark: every other byte of Latin text is NUL; in UTF-32, three of four are.
        if self.row == 0 and line.count(b"\0") * 3 > len(line) * 2:
            message = f"The file is in UTF-32. {_SAVE_AS}"
            raise FileInUtf32(message)
        if self.row == 0 and line.count(b"\0") * 3 > len(line):
            message = f"The file is in UTF-16. {_SAVE_AS}"
            raise FileInUtf16(message)
        message = f"There are NUL bytes in row {self.row + 1}, so this is no text file. {_SAVE_AS}"
        raise FileIsBinary(message)
