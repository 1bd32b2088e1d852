"""Several statements in one message."""

import pytest
from django.db import IntegrityError

from hansa.domain.catalog.models import Attribute
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import ask_together, tell, together
from hansa.kernel.postgresql.statements import Json, NotText
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import TransactionRequired, transaction
from tests.worlds import entered

INSERT = (
    "INSERT INTO catalog_attribute (id, name, label, is_filterable) "
    "VALUES (%(id)s, %(name)s, %(name)s, %(is_filterable)s) RETURNING name"
)


def _attribute(name: str) -> dict[str, object]:
    return {"id": uuid7(), "name": name, "is_filterable": True}


def test_what_is_told_alone_runs_at_once_and_answers(shop: TenantContext) -> None:
    with entered(shop):
        assert tell(INSERT, _attribute("colour")) == [("colour",)]
        assert Attribute.objects.get().name == "colour"


def test_what_is_told_together_runs_when_the_block_ends(shop: TenantContext) -> None:
    with entered(shop):
        with together():
            tell(INSERT, _attribute("colour"))
            with together():
                tell(INSERT, _attribute("size"))
            assert Attribute.objects.count() == 0
        assert Attribute.objects.count() == 2


def test_a_block_that_raises_writes_nothing(shop: TenantContext) -> None:
    with entered(shop):
        with pytest.raises(ZeroDivisionError), together():
            tell(INSERT, _attribute("colour"))
            _ = 1 / 0
        assert Attribute.objects.count() == 0


def test_a_refused_statement_raises_what_django_raises_and_takes_the_others_with_it(shop: TenantContext) -> None:
    with entered(shop):
        with pytest.raises(IntegrityError, match="catalog_attribute_name"), transaction(), together():
            tell(INSERT, _attribute("colour"))
            tell(INSERT, _attribute("colour"))
        assert Attribute.objects.count() == 0


def test_writing_needs_a_transaction(shop: TenantContext) -> None:
    with tenant_scope(shop), pytest.raises(TransactionRequired):
        tell(INSERT, _attribute("colour"))


def test_questions_are_answered_in_their_order_inside_and_outside_a_transaction(
    shop: TenantContext, rival: TenantContext
) -> None:
    names = "SELECT name FROM catalog_attribute ORDER BY name"
    questions = [(names, {}), ("SELECT %(number)s::int + 1, NULL", {"number": 41}), (names, {})]
    with entered(shop):
        tell(INSERT, _attribute("colour"))
        assert ask_together(questions) == [[("colour",)], [("42", None)], [("colour",)]]
    with tenant_scope(shop):
        assert ask_together(questions) == [[("colour",)], [("42", None)], [("colour",)]]
    with tenant_scope(rival):
        assert ask_together(questions)[0] == []


def test_json_travels_whole_and_a_nul_is_refused(shop: TenantContext) -> None:
    sql = "SELECT value->>'name' FROM jsonb_array_elements(%(rows)s::jsonb)"
    rows = [{"name": 'O\'Neil \\ "x" ü'}, {"name": "second"}]
    with tenant_scope(shop):
        assert ask_together([(sql, {"rows": Json(rows)})]) == [[('O\'Neil \\ "x" ü',), ("second",)]]
        with pytest.raises(NotText):
            ask_together([("SELECT %(text)s::text", {"text": "a\x00b"})])
