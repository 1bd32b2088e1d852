"""What a hundred logins at once cost the web processes: memory, threads, and how long they take.

`python -m bench.login_benchmark [--logins 100]`. Memory is the largest resident set of one web process.
"""

import argparse
import json
import statistics
import threading
import time
from http.client import HTTPConnection
from pathlib import Path

from bench.accounts import PASSWORD, serving_accounts
from bench.rig import Rig

PATH = "/_allauth/app/v1/auth/login"


def web_processes(rig: Rig) -> list[Path]:
    """Return the /proc directories of the web processes."""
    children = Path(f"/proc/{rig.server}/task/{rig.server}/children").read_text().split()
    return [Path("/proc") / child for child in children]


def status(process: Path, field: str) -> int:
    """Return a number of /proc/<pid>/status."""
    lines = (process / "status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{field}:")).split()[1])


def log_in(rig: Rig, host: str, number: int, answers: list[tuple[int, float]]) -> None:
    """Log in once."""
    connection = HTTPConnection("127.0.0.1", rig.port, timeout=120)
    started = time.perf_counter()
    body = json.dumps({"email": f"known{number:04}@example.com", "password": PASSWORD})
    connection.request("POST", PATH, body, {"content-type": "application/json", "host": host})
    answer = connection.getresponse()
    answer.read()
    answers.append((answer.status, time.perf_counter() - started))
    connection.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--logins", type=int, default=100)
    logins = parser.parse_args().logins
    with serving_accounts(2 * logins) as (rig, host):
        answers: list[tuple[int, float]] = []
        log_in(rig, host, logins, answers)  # warm
        before = [(status(one, "VmRSS"), status(one, "Threads")) for one in web_processes(rig)]
        answers.clear()
        threads = [threading.Thread(target=log_in, args=(rig, host, number, answers)) for number in range(logins)]
        for thread in threads:
            thread.start()
        most_threads = 0
        while any(thread.is_alive() for thread in threads):
            most_threads = max([most_threads, *(status(one, "Threads") for one in web_processes(rig))])
            time.sleep(0.01)
        after = [(status(one, "VmHWM"), status(one, "Threads")) for one in web_processes(rig)]
    seconds = sorted(took for _, took in answers)
    statuses = sorted({code for code, _ in answers})
    print(f"{logins} logins at once: statuses {statuses}, median {statistics.median(seconds):.2f} s,", end=" ")
    print(f"last {seconds[-1]:.2f} s; web process: {max(rss for rss, _ in before) / 1024:.0f} MiB before,", end=" ")
    print(
        f"{max(rss for rss, _ in after) / 1024:.0f} MiB at most; {max(n for _, n in before)} threads before,", end=" "
    )
    print(f"{most_threads} at most")


if __name__ == "__main__":
    main()
