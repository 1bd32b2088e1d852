import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

from hansa.kernel.ids import uuid7


def test_an_id_is_a_version_7_uuid_of_the_standard_variant() -> None:
    made = uuid7()
    assert made.version == 7
    assert made.variant == RFC_4122


def test_an_id_tells_the_millisecond_of_its_making() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000
    assert before <= made.int >> 80 <= after + 1


def test_ids_of_one_process_sort_in_the_order_of_their_making() -> None:
    ids = [uuid7() for _ in range(20_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_threads_never_get_the_same_id() -> None:
    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(lambda _: uuid7(), range(20_000)))
    assert len(set(ids)) == len(ids)
