"""A web worker ends with the main process, also when that was killed and could not say goodbye."""

import os

from hansa.kernel.lifetime import end_with_parent

MAIN_PROCESS = "HANSA_MAIN_PROCESS"


def end_with_main_process() -> None:
    """Ask the kernel (Linux) to end this worker when its parent, the main process, has ended.

    Otherwise it would keep the port, and the next start would find it taken.
    """
    main = int(os.environ.get(MAIN_PROCESS, "0"))
    if main and os.getppid() != main:
        raise SystemExit(1)  # it was killed while we were starting
    if main:
        end_with_parent(main)
