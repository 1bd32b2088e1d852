"""Delete the files in which people are named."""

from functools import partial

from django.db import transaction as django_transaction

from hansa.domain.exports.models import ExportFile, Kind
from hansa.domain.exports.services.files import private_storage
from hansa.kernel.transactions import requires_transaction

NAMES_PEOPLE = (Kind.CUSTOMERS, Kind.ORDERS)


@requires_transaction
def forget_people() -> None:
    """Delete the finished files of customers and orders; the merchant may export them again, without whoever is gone.

    One that is being written meanwhile goes with its own time, after seven days.
    """
    files = list(ExportFile.objects.select_for_update().filter(export__kind__in=NAMES_PEOPLE))
    ExportFile.objects.filter(pk__in=[file.pk for file in files]).delete()
    for file in files:
        django_transaction.on_commit(partial(private_storage().delete, file.name), robust=True)
