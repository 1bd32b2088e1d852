"""Which migrations this code brings."""

import hashlib
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def migrations_fingerprint(package: Path = PACKAGE) -> str:
    """Return a text that changes whenever a migration, or the SQL one runs, is added or edited."""
    digest = hashlib.sha256()
    files = [*package.rglob("*migrations/*.py"), *package.glob("domain/*/*.sql")]
    for file in sorted(files):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
