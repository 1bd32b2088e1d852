"""Arrows that import-linter cannot see: relations given as strings, models asked for by name."""

import ast
import tomllib
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "hansa"


def _rows() -> dict[str, int]:
    """Return each context's row, from the bottom up, as the contract in pyproject.toml draws it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c["name"] == "Contexts point down")
    return {
        name.strip("() "): height
        for height, row in enumerate(reversed(layers))
        for name in row.replace("|", " ").split()
    }


def test_every_context_of_the_domain_has_its_row() -> None:
    contexts = {path.parent.name for path in SOURCE.glob("domain/*/apps.py")}
    assert contexts == set(_rows())


def test_no_relation_points_up_or_sideways() -> None:
    rows = _rows()
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("hansa.domain."):
            continue
        own = model._meta.app_label
        for field in model._meta.local_fields:
            target = field.related_model
            if target is None or isinstance(target, str) or target._meta.app_label not in rows.keys() - {own}:
                continue
            if rows[target._meta.app_label] >= rows[own]:
                wrong.append(f"{model.__name__}.{field.name} → {target.__name__}")
    assert wrong == []


MIGRATION_OPERATIONS = {"kernel/isolation.py", "domain/audit/operations.py"}


def test_models_are_asked_for_by_name_in_migrations_only() -> None:
    wrong: list[str] = []
    for path in SOURCE.rglob("*.py"):
        if "migrations" in path.parts or path.relative_to(SOURCE).as_posix() in MIGRATION_OPERATIONS:
            continue
        wrong += [
            f"{path.relative_to(SOURCE)}:{node.lineno}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute) and node.attr == "get_model"
        ]
    assert wrong == []


def test_interfaces_never_write_a_model() -> None:
    """The ways in translate; the services write."""
    writes = {"create", "bulk_create", "update_or_create", "get_or_create", "bulk_update"}
    wrong: list[str] = []
    for path in (SOURCE / "interfaces").rglob("*.py"):
        wrong += [
            f"{path.relative_to(SOURCE)}:{node.lineno}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in writes
            and isinstance(node.func.value, ast.Attribute)
            and node.func.value.attr == "objects"
        ]
    assert wrong == []


def test_no_file_is_longer_than_500_lines_and_no_function_than_70() -> None:
    long: list[str] = []
    for path in SOURCE.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        text = path.read_text()
        if text.count("\n") > 500:
            long.append(str(path.relative_to(SOURCE)))
        long += [
            f"{path.relative_to(SOURCE)}: {node.name}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 70
        ]
    assert long == []
