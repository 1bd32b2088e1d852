"""Read a large file in a process of its own, while this one and the database write.

Note [The process that reads]: it is this module, run by the same Python. It gets the open file and
one job, has no database, and answers with pickled chunks, then None; an exception comes as itself
and is raised here. The pipe holds less than one chunk, so it is never more than one chunk ahead,
and memory does not grow with the file. It is in no terminal's group, so Ctrl-C reaches only us; it
is killed when the import ends, however that ends: by us, by the kernel when we are killed, and by
the broken pipe where the kernel does not do that.
"""

import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from hansa.domain.imports.services.chunks import Chunk, ChunkLimits, read_chunks
from hansa.kernel.lifetime import end_with_parent

# Django's settings are not needed to read a file; these make the models' limits importable.
_BEGIN = (
    "from django.conf import settings\n"
    "settings.configure(INSTALLED_APPS=['hansa.domain.tenants', 'hansa.domain.catalog'])\n"
    "import django\n"
    "django.setup()\n"
    "from hansa.domain.imports.services.reading import answer\n"
    "answer()\n"
)


class Job(NamedTuple):
    """What to read."""

    file_format: str
    currency: str
    after_row: int
    limits: ChunkLimits
    now: datetime


class ReaderEnded(ChildProcessError):
    """The process that reads was ended by somebody else, or by want of memory."""


class ReaderProcess:
    """The process that reads one file: see Note [The process that reads]. Ends with the `with` block."""

    def __init__(self, file: BinaryIO) -> None:
        """Start the process on a file that nobody else reads: its position is shared. Raises OSError."""
        command = [sys.executable, "-c", _BEGIN, str(file.fileno()), str(os.getpid())]
        self._process = subprocess.Popen(  # noqa: S603  (our own program, no shell)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(file.fileno(),),
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._process
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # closing writes what is left
                    pipe.close()

    def chunks(self, job: Job) -> Iterator[Chunk]:
        """Give the file's chunks. Raises UnreadableFile, ReaderEnded, and whatever else reading raised."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101  (both are pipes)
        assert stdout is not None  # noqa: S101
        with suppress(BrokenPipeError):  # it has ended: the next lines say so
            stdin.write(pickle.dumps(job))
            stdin.close()
        while True:
            try:
                answer = pickle.load(stdout)  # noqa: S301  (our own process wrote it)
            except (EOFError, pickle.UnpicklingError):
                status = self._process.wait()
                message = (
                    f"the process that reads the file ended before its time (status {status})."
                    " Start the import again and it continues where it was"
                )
                raise ReaderEnded(None, message) from None
            if answer is None:
                return
            if isinstance(answer, BaseException):
                raise answer
            yield answer


def answer() -> None:
    """Be the process that reads; its arguments are the file's descriptor and its parent's id."""
    descriptor, parent = (int(argument) for argument in sys.argv[1:3])
    end_with_parent(parent)
    # Nothing made here is a circle, and to look for circles took a tenth of the time.
    gc.disable()
    job: Job = pickle.load(sys.stdin.buffer)  # noqa: S301  (our parent wrote it)
    with _answers() as answers, os.fdopen(descriptor, "rb") as file:
        from hansa.domain.imports.formats import FORMATS  # noqa: PLC0415  (after the parent's job)

        source = FORMATS[job.file_format](file, job.currency)
        for chunk in read_chunks(source.products(after_row=job.after_row), limits=job.limits, now=job.now):
            _tell(answers, chunk)
        _tell(answers, None)


@contextmanager
def _answers() -> Iterator[BinaryIO]:
    """Give the pipe to the parent, and tell it of an exception; what is printed meanwhile goes elsewhere."""
    with os.fdopen(os.dup(1), "wb") as pipe:
        os.dup2(2, 1)
        try:
            yield pipe
        except BrokenPipeError:
            os._exit(0)  # nobody listens any more
        except Exception as error:  # noqa: BLE001  (the parent raises it)
            _tell(pipe, _portable(error))


def _tell(pipe: BinaryIO, answer: Chunk | Exception | None) -> None:
    pickle.dump(answer, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _portable(error: Exception) -> Exception:
    """Return the exception, or one that says the same if it cannot travel."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  (made a line ago)
    except Exception:  # noqa: BLE001  (whatever its class does)
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
