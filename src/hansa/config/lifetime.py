"""A web worker ends with the main process, also when that was killed and could not say goodbye."""

import os

from hansa.kernel.lifetime import end_with_parent

MAIN_PROCESS = "HANSA_MAIN_PROCESS"


def end_with_main_process() -> None:
    """Ask the kernel (Linux) to end this worker when its parent, the main process, has ended.

    Otherwise it would keep the port, and the next start would find it taken.
    """
    if os.environ.get(MAIN_PROCESS) == str(os.getppid()):
        end_with_parent(int(os.environ[MAIN_PROCESS]))
