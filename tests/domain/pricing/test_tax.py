"""Which tax is due where, and how rates get into the table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from hansa.domain.pricing import tax_provider
from hansa.domain.pricing.errors import InvalidTax, InvalidTaxTable, TaxClassNotFound, TaxNameTaken
from hansa.domain.pricing.models import Market, TaxClass, TaxRate
from hansa.domain.pricing.selectors import get_tax_rules
from hansa.domain.pricing.services.load_tax_rates import SAMPLE_FILE, load_tax_rates
from hansa.domain.pricing.services.save_market import save_market
from hansa.domain.pricing.services.save_tax_class import save_tax_class
from hansa.domain.pricing.services.save_tax_rate import save_tax_rate
from hansa.domain.pricing.services.set_product_tax_class import set_product_tax_class
from hansa.domain.pricing.tax_provider import Destination, TableTaxProvider, get_tax_provider
from hansa.domain.pricing.types import TaxRules
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.worlds import NOON, entered
from tests.worlds_buying import open_shop

HEADER = (
    "tax_class,country,region,postal_from,postal_until,rate,name,applies_to_shipping,priority,valid_from,valid_until"
)


def _load(shop: TenantContext, *rows: str) -> Any:
    with tenant_scope(shop):
        return load_tax_rates(table="\n".join([HEADER, *rows]))


def _rules(shop: TenantContext, country: str, **fields: Any) -> TaxRules:
    with tenant_scope(shop):
        return get_tax_rules(country=country, **({"at": NOON} | fields))


def _rates(shop: TenantContext, country: str, tax_class: str = "standard", **fields: Any) -> list[int]:
    return [rate.rate_ppm for rate in _rules(shop, country, **fields).rates.get(tax_class, ())]


def test_a_new_shop_charges_no_tax_and_its_prices_are_final(shop: TenantContext) -> None:
    assert _rules(shop, "DE") == TaxRules(prices_include_tax=True)


def test_the_sample_rates_load_twice_without_a_change(shop: TenantContext, rival: TenantContext) -> None:
    with tenant_scope(shop):
        first = load_tax_rates(table=SAMPLE_FILE.read_text())
        second = load_tax_rates(table=SAMPLE_FILE.read_text())
    assert first.created > 30
    assert (second.created, second.updated, second.unchanged) == (0, 0, first.created)
    assert _rules(shop, "DE").default_class == "standard"
    assert _rates(shop, "DE") == [190_000]
    assert _rates(shop, "DE", "reduced") == [70_000]
    assert _rates(shop, "FI") == [255_000]
    assert _rates(shop, "CH") == [81_000]
    assert _rates(shop, "ZZ") == []
    assert _rates(rival, "DE") == []


@pytest.mark.parametrize(("postal_code", "rate"), [("28001", 210_000), ("35001", 0), ("38-670", 0), ("3", 210_000)])
def test_the_canaries_are_spanish_and_have_no_vat(shop: TenantContext, postal_code: str, rate: int) -> None:
    with tenant_scope(shop):
        load_tax_rates(table=SAMPLE_FILE.read_text())
    assert _rates(shop, "es", postal_code=postal_code) == [rate]


def test_the_most_specific_rate_counts_and_priorities_add_up(shop: TenantContext) -> None:
    _load(
        shop,
        "standard,US,,,,1,Federal,yes,1,,",
        "standard,US,NY,,,4,State,yes,1,,",
        "standard,US,NY,10001,10292,4.5,City,yes,2,,",
        "standard,US,NY,10040,10040,3,Block,yes,2,,",
        "standard,US,CA,,,7.25,State,no,1,,",
    )
    assert _rates(shop, "US", region="TX") == [10_000]
    assert _rates(shop, "US", region="ny", postal_code="14201") == [40_000]
    assert _rates(shop, "US", region="NY", postal_code="10118") == [40_000, 45_000]
    assert _rates(shop, "US", region="NY", postal_code="10118-0110") == [40_000, 45_000]
    (california,) = _rules(shop, "US", region="CA").rates["standard"]
    assert not california.applies_to_shipping


def test_a_rate_holds_from_its_first_day_to_the_day_before_its_last(shop: TenantContext) -> None:
    _load(shop, "standard,DE,,,,19,VAT,yes,1,,2020-07-01", "standard,DE,,,,16,VAT,yes,1,2020-07-01,2021-01-01")
    second = timedelta(seconds=1)
    start = datetime(2020, 7, 1, tzinfo=UTC)
    end = datetime(2021, 1, 1, tzinfo=UTC)
    found = [_rates(shop, "DE", at=at) for at in (start - second, start, end - second, end)]
    assert found == [[190_000], [160_000], [160_000], []]


def test_rates_in_a_table_change_what_is_stored_and_leave_the_rest(shop: TenantContext) -> None:
    _load(shop, "standard,DE,,,,16,VAT,yes,1,,", "standard,AT,,,,20,USt,yes,1,,")
    loaded = _load(shop, "standard,DE,,,,19,VAT,yes,1,,", "books,DE,,,,7,VAT,yes,1,,")
    assert (loaded.created, loaded.updated, loaded.unchanged) == (1, 1, 0)
    assert (_rates(shop, "DE"), _rates(shop, "AT"), _rates(shop, "DE", "books")) == ([190_000], [200_000], [70_000])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("standard,DE,,,,nineteen,VAT,yes,1,,", "no rate"),
        ("standard,DE,,,,101,VAT,yes,1,,", "1000000"),
        ("standard,DE,,,,-1,VAT,yes,1,,", "no rate"),
        ("standard,Germany,,,,19,VAT,yes,1,,", "country"),
        ("standard,DE,,,,19,,yes,1,,", "name"),
        ("Two Words,DE,,,,19,VAT,yes,1,,", "tax class"),
        ("standard,DE,,20,3,19,VAT,yes,1,,", "same length"),
        ("standard,DE,,30,20,19,VAT,yes,1,,", "smaller one first"),
        ("standard,DE,,,,19,VAT,perhaps,1,,", "yes nor no"),
        ("standard,DE,,,,19,VAT,yes,one,,", "one"),
        ("standard,DE,,,,19,VAT,yes,1,1.7.2020,", "date"),
        ("standard,DE,,,,19,VAT,yes,1,2021-01-01,2020-01-01", "end after"),
        ("standard,DE,,,,19,VAT,yes,1,,,surplus", "more cells"),
    ],
)
def test_one_wrong_row_and_nothing_is_loaded(shop: TenantContext, row: str, said: str) -> None:
    with pytest.raises(InvalidTaxTable) as refused:
        _load(shop, "standard,AT,,,,20,USt,yes,1,,", row)
    (error,) = refused.value.errors
    assert error.field == "row 2"
    assert said in error.message
    with entered(shop):
        assert not TaxRate.objects.exists()
        assert not TaxClass.objects.exists()


def test_a_table_with_other_columns_or_two_answers_is_refused(shop: TenantContext) -> None:
    with pytest.raises(InvalidTaxTable, match="Two rows"):
        _load(shop, "standard,DE,,,,19,VAT,yes,1,,", "standard,DE,,,,16,VAT,yes,1,,")
    with tenant_scope(shop):
        for table, said in (("", "lacks"), ("tax_class,country,rate\n", "lacks"), (f"{HEADER},colour\n", "unknown")):
            with pytest.raises(InvalidTaxTable, match=said):
                load_tax_rates(table=table)


def test_a_market_says_whether_prices_include_tax(shop: TenantContext) -> None:
    open_shop(shop)
    with tenant_scope(shop):
        save_market(market=Market(name="North America", countries=["us", "CA"], prices_include_tax=False))
    assert _rules(shop, "DE").prices_include_tax
    assert not _rules(shop, "US").prices_include_tax
    assert _rules(shop, "JP").prices_include_tax, "the default market"


def test_until_the_address_is_known_the_home_country_counts(shop: TenantContext) -> None:
    open_shop(shop)
    assert _rates(shop, "") == [190_000]
    assert _rates(shop, "FR") == []


def test_there_is_one_default_and_a_country_is_in_one_market(shop: TenantContext) -> None:
    open_shop(shop)
    with tenant_scope(shop):
        save_tax_class(tax_class=TaxClass(code="reduced", name="Reduced", is_default=True))
        save_market(market=Market(name="World", countries=["FR"], is_default=True))
        with pytest.raises(InvalidTax, match="DE is in the market Home"):
            save_market(market=Market(name="Europe", countries=["FR", "DE"]))
        with pytest.raises(InvalidTax, match="no country code"):
            save_market(market=Market(name="Europe", countries=["Germany"]))
        with pytest.raises(TaxNameTaken):
            save_market(market=Market(name="World"))
        with pytest.raises(TaxNameTaken):
            save_tax_class(tax_class=TaxClass(code="reduced", name="Again"))
        with pytest.raises(TaxClassNotFound):
            set_product_tax_class(product_id=uuid7(), tax_class_code="luxury")
        with pytest.raises(InvalidTax):
            set_product_tax_class(product_id=uuid7(), tax_class_code="reduced")
    with entered(shop):
        assert [row.code for row in TaxClass.objects.filter(is_default=True)] == ["reduced"]
        assert [row.name for row in Market.objects.filter(is_default=True)] == ["World"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"country": "D"}, "country"),
        ({"rate_ppm": 1_000_001}, "rate_ppm"),
        ({"postal_from": "10", "postal_until": "9"}, "postal_until"),
        ({"valid_from": NOON, "valid_until": NOON}, "valid_until"),
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(shop: TenantContext, fields: dict[str, Any], field: str) -> None:
    with tenant_scope(shop):
        standard = save_tax_class(tax_class=TaxClass(code="standard", name="Standard"))
        with pytest.raises(InvalidTax) as refused:
            save_tax_rate(
                rate=TaxRate(**({"tax_class": standard, "country": "DE", "name": "VAT", "rate_ppm": 1} | fields))
            )
    assert field in [error.field for error in refused.value.errors]


def test_a_rivals_tax_class_is_none(shop: TenantContext, rival: TenantContext) -> None:
    theirs = open_shop(rival)
    with tenant_scope(shop), pytest.raises(InvalidTax) as refused:
        save_tax_rate(rate=TaxRate(tax_class_id=theirs.tax_class_id, country="DE", name="VAT", rate_ppm=1))
    assert refused.value.errors[0].field == "tax_class"


def test_the_table_is_the_tax_provider_unless_another_is_named(shop: TenantContext, settings_with: Any) -> None:
    open_shop(shop)
    provider = get_tax_provider()
    assert isinstance(provider, TableTaxProvider)
    with tenant_scope(shop):
        rules = provider.rates_for(Destination("DE"), ["", "reduced"], NOON)
        assert [rate.rate_ppm for rate in rules.rates["standard"]] == [190_000]
        assert provider.rates_for(Destination("DE"), ["reduced"], NOON).rates == {}
        assert provider.rates_for(Destination("DE"), [], NOON, is_exempt=True).is_exempt
    settings_with(TAX_PROVIDER=f"{__name__}.FlatTax")
    assert isinstance(get_tax_provider(), FlatTax)


class FlatTax(TableTaxProvider):
    """A provider that a merchant wrote."""


@pytest.fixture
def settings_with() -> Any:
    """Return a function that overrides settings until the test ends."""
    from django.test import override_settings

    overrides: list[Any] = []

    def override(**values: Any) -> None:
        overrides.append(override_settings(**values))
        overrides[-1].enable()
        tax_provider.get_tax_provider.cache_clear()

    yield override
    for each in overrides:
        each.disable()
    tax_provider.get_tax_provider.cache_clear()


def test_the_command_loads_a_file_and_says_what_it_did(shop: TenantContext, tmp_path: Any, capsys: Any) -> None:
    call_command("load_tax_rates", tenant=shop.slug)
    assert "sample rates" in capsys.readouterr().out
    file = tmp_path / "rates.csv"
    file.write_text(f"{HEADER}\nstandard,DE,,,,twenty,VAT,yes,1,,\n")
    with pytest.raises(CommandError) as failed:
        call_command("load_tax_rates", str(file), tenant=shop.slug)
    assert failed.value.returncode == 1
    assert "row 1" in str(failed.value)
    for path, slug in ((tmp_path / "missing.csv", shop.slug), (file, "nobody")):
        with pytest.raises(CommandError) as failed:
            call_command("load_tax_rates", str(path), tenant=slug)
        assert failed.value.returncode == 2
