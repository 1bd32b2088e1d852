"""A web worker ends with the main process, also when that was killed and could not say goodbye."""

import ctypes
import os
import signal
import sys

MAIN_PROCESS = "HANSA_MAIN_PROCESS"
_PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_main_process() -> None:
    """Ask the kernel (Linux) to end this worker when its parent, the main process, has ended.

    Otherwise it would keep the port, and the next start would find it taken.
    """
    if not sys.platform.startswith("linux") or os.environ.get(MAIN_PROCESS) != str(os.getppid()):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.environ[MAIN_PROCESS] != str(os.getppid()):  # it ended while we asked
        os.kill(os.getpid(), signal.SIGKILL)
