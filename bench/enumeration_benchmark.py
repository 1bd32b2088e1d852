"""Whether a stranger can tell by the clock who has an account.

`python -m bench.enumeration_benchmark [--pairs 500]` asks a real server to log in, to sign up and to reset
a password, in turn for an address that is known and for one that is not, and compares the times with the
Mann-Whitney test. Printed: medians, their gap, and p, which is to stay above 0.01.

Limits by address of the network are off: one machine plays everybody.
"""

import argparse
import json
import math
import random
import statistics
import threading
import time
from http.client import HTTPConnection

from bench.accounts import PASSWORD, serving_accounts

ASKED = {
    "login": ("/_allauth/app/v1/auth/login", {"password": "not the password"}),
    "sign-up": ("/_allauth/app/v1/auth/signup", {"password": PASSWORD}),
    "reset": ("/_allauth/app/v1/auth/password/request", {}),
    "code": ("/_allauth/app/v1/auth/code/request", {}),
}


def mann_whitney(first: list[float], second: list[float]) -> float:
    """Return the two-sided p of the Mann-Whitney U test, by the normal approximation with ties."""
    pooled = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks, place, ties = 0.0, 0, 0.0
    while place < len(pooled):
        end = place
        while end < len(pooled) and pooled[end][0] == pooled[place][0]:
            end += 1
        ranks += (place + 1 + end) / 2 * sum(1 for _, group in pooled[place:end] if group == 0)
        ties += (end - place) ** 3 - (end - place)
        place = end
    n, m = len(first), len(second)
    mean = n * m / 2
    spread = math.sqrt(n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1))))
    u = ranks - n * (n + 1) / 2
    return math.erfc(abs(u - mean) / spread / math.sqrt(2)) if spread else 1.0


def ask(connection: HTTPConnection, host: str, path: str, body: dict[str, str]) -> tuple[float, int, str]:
    """Ask once; return the seconds, the status and the body without what is new each time."""
    started = time.perf_counter()
    connection.request("POST", path, json.dumps(body), {"content-type": "application/json", "host": host})
    answer = connection.getresponse()
    text = answer.read().decode()
    seconds = time.perf_counter() - started
    said = json.loads(text)
    said.get("meta", {}).pop("session_token", None)
    return seconds, answer.status, json.dumps(said, sort_keys=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=500)
    pairs = parser.parse_args().pairs
    with serving_accounts(pairs) as (rig, host):
        threads = [threading.Thread(target=measure, args=(rig.port, host, name, pairs)) for name in ASKED]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def measure(port: int, host: str, name: str, pairs: int) -> None:
    """Ask for one thing, in turn for an address that is known and for one that is not, and print what was seen."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    path, body = ASKED[name]
    for number in range(10):
        ask(connection, host, path, body | {"email": f"warm{number}.{name}@example.com"})
    seconds: dict[str, list[float]] = {"known": [], "unknown": []}
    said: set[tuple[int, str]] = set()
    for number in range(pairs):
        kinds = ["known", "unknown"]
        random.shuffle(kinds)
        for kind in kinds:
            email = f"none{number}.{name}@example.com" if kind == "unknown" else f"known{number:04}@example.com"
            took, status, text = ask(connection, host, path, body | {"email": email})
            seconds[kind].append(took)
            said.add((status, text))
    connection.close()
    report(name, seconds, len(said))


def report(name: str, seconds: dict[str, list[float]], answers: int) -> None:
    """Print one line."""
    known, unknown = (statistics.median(seconds[kind]) * 1000 for kind in ("known", "unknown"))
    p = mann_whitney(seconds["known"], seconds["unknown"])
    print(
        f"{name:8} known {known:7.2f} ms, unknown {unknown:7.2f} ms, gap {abs(known - unknown):5.2f} ms,"
        f" p = {p:.3f}, different answers: {answers}"
    )


if __name__ == "__main__":
    main()
