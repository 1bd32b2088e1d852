"""Delete files that were kept long enough."""

from datetime import datetime
from functools import partial

from django.db import transaction as django_transaction

from hansa.domain.exports.models import ExportFile
from hansa.domain.exports.services.files import private_storage
from hansa.kernel.transactions import transaction

BATCH = 100


def forget_files(*, now: datetime) -> int:
    """Delete the files that expired, at most BATCH; returns how many. The exports stay."""
    with transaction():
        old = list(ExportFile.objects.select_for_update(skip_locked=True).filter(expires_at__lte=now)[:BATCH])
        ExportFile.objects.filter(pk__in=[file.pk for file in old]).delete()
        for file in old:
            django_transaction.on_commit(partial(private_storage().delete, file.name), robust=True)
    return len(old)
