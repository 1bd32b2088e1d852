"""Everything that is done again and again stands in one place."""

from hansa.config.schedule import SCHEDULE
from hansa.domain.work.registry import all_duties


def test_every_duty_has_its_period_and_every_period_its_duty() -> None:
    assert {duty.name for duty in all_duties()} == set(SCHEDULE)
