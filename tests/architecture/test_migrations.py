import shutil
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from hansa.config.migrations import PACKAGE, migrations_fingerprint


def test_the_models_need_no_migration_that_is_not_there() -> None:
    output = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=output)
    except SystemExit as stopped:
        raise AssertionError(output.getvalue()) from stopped


def test_the_system_check_finds_nothing() -> None:
    output = StringIO()
    call_command("check", fail_level="WARNING", stdout=output, stderr=output)
    assert "no issues" in output.getvalue()


def test_the_fingerprint_covers_every_migration_and_the_sql_they_run(tmp_path: Path) -> None:
    copy = tmp_path / "hansa"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("static", "__pycache__"))
    before = migrations_fingerprint(copy)
    assert before == migrations_fingerprint()
    files = [*copy.rglob("*migrations/0*.py"), *copy.glob("domain/*/*.sql")]
    assert len(files) > 8
    for path in files:
        path.write_bytes(path.read_bytes() + b"\n")
        after = migrations_fingerprint(copy)
        assert after != before, path
        before = after
