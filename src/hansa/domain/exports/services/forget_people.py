"""Delete the files in which somebody may be named."""

from datetime import datetime
from functools import partial

from django.db import transaction as django_transaction

from hansa.domain.exports.models import ExportFile, Kind
from hansa.domain.exports.services.files import private_storage
from hansa.kernel.transactions import requires_transaction

NAMES_PEOPLE = (Kind.CUSTOMERS, Kind.ORDERS)


@requires_transaction
def forget_people(*, since: datetime) -> None:
    """Delete the files of customers and orders that were finished since the shop first heard of whoever is forgotten.

    The merchant may export them again, without them. One that is being written meanwhile goes with its own time,
    after seven days.
    """
    there = ExportFile.objects.select_for_update().filter(export__kind__in=NAMES_PEOPLE)
    files = list(there.exclude(export__finished_at__lt=since))
    ExportFile.objects.filter(pk__in=[file.pk for file in files]).delete()
    for file in files:
        django_transaction.on_commit(partial(private_storage().delete, file.name), robust=True)
