"""Schemathesis from Python: one document, all checks, all phases, and what came of it."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder

from tests.fuzz.world import World
from tests.worlds import address, browser

SEED = 20261122
ANSWERS_TO_VALID_DATA = ["2xx", "3xx", "401", "403", "404", "409"]
"""What schemathesis takes for an answer to data that its description calls valid, unless a plan adds to it."""

REFUSALS_OF_INVALID_DATA = ["400", "401", "403", "404", "406", "422", "428", "5xx"]
"""What schemathesis takes for a refusal of data that its description forbids, unless a plan adds to it."""


@dataclass(frozen=True)
class Plan:
    """What to try of one document, and what of it is known to be no defect, each with its reason."""

    document: str
    examples: Mapping[str, Mapping[str, str]]
    """By operation's address: the parameter, and which of the world's ids to try for it."""
    words: Mapping[str, str]
    """By place in a body: which of the world's values to try."""
    bodies: Mapping[str, Any]
    """By operation: a body that goes through."""
    also_expected: Mapping[str, tuple[list[str], str]]
    """By operation: refusals that the description cannot foresee: of data that it allows, or before anybody looks at
    the data."""
    unchecked: Mapping[str, tuple[str, str]]
    """By operation: a check that does not apply."""


@dataclass
class Findings:
    """What a run did, and what it found."""

    cases: int = 0
    phases: Counter[str] = field(default_factory=Counter)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    checks: Counter[str] = field(default_factory=Counter)
    failures: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def note(self, event: events.ScenarioFinished) -> None:
        """Add what one scenario did."""
        recorder = event.recorder
        self.cases += len(recorder.interactions)
        self.phases[event.phase.value] += len(recorder.interactions)
        for case_id, exchange in recorder.interactions.items():
            if exchange.response is not None and case_id in recorder.cases:
                operation = recorder.cases[case_id].value.operation.label
                self.statuses.setdefault(operation, Counter())[exchange.response.status_code] += 1
        for case_id, checks in recorder.checks.items():
            for check in checks:
                self.checks[check.name] += 1
                if check.status is Status.FAILURE and check.failure_info is not None:
                    failure = check.failure_info.failure
                    where = recorder.cases[case_id].value.operation.label
                    told = f"{failure.message}\n{check.failure_info.code_sample}\n{_answer(recorder, case_id)}"
                    self.failures.setdefault((where, check.name, failure.title), told)

    def __str__(self) -> str:
        """Return the findings for people."""
        found = [f"{where}\n{check}: {title}\n{told}" for (where, check, title), told in self.failures.items()]
        return "\n\n".join([f"{self.cases} cases, {dict(self.phases)}", *found])


def fuzz(plan: Plan, world: World, caller: type, examples: int) -> Findings:
    """Try everything that the document describes, in-process and through the gate, as `caller` (an AuthProvider)."""
    from hansa.config.asgi import application

    config = SchemathesisConfig.from_dict(_settings(plan, world, examples))
    with browser(world.tenant) as client:
        document = client.get(plan.document).json()
    schema = schemathesis.openapi.from_dict(_with_examples(document, plan, world), config=config)
    schema.app = application
    schema.auth(refresh_interval=None)(caller)
    findings = Findings()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            findings.note(event)
        elif isinstance(event, events.NonFatalError):
            findings.failures[str(event.label), "error", type(event.value).__name__] = str(event.value)
        elif isinstance(event, events.FatalError):
            raise event.exception
    return findings


def _settings(plan: Plan, world: World, examples: int) -> dict[str, Any]:
    named: list[dict[str, Any]] = []
    for path, parameters in plan.examples.items():
        wanted = {f"path.{name}": {"dictionary": of, "probability": 0.8} for name, of in parameters.items()}
        named.append({"include-path": path, "parameters": wanted})
    for operation, (statuses, _reason) in plan.also_expected.items():
        checks = {
            "positive_data_acceptance": {"expected-statuses": [*ANSWERS_TO_VALID_DATA, *statuses]},
            "negative_data_rejection": {"expected-statuses": sorted({*REFUSALS_OF_INVALID_DATA, *statuses})},
        }
        named.append({"include-name": operation, "checks": checks})
    for operation, (check, _reason) in plan.unchecked.items():
        named.append({"include-name": operation, "checks": {check: {"enabled": False}}})
    return {
        "seed": SEED,
        "base-url": address(world.tenant),
        "suppress-health-check": ["all"],
        "dictionaries": {name: {"values": values} for name, values in world.ids.items()},
        "parameters": {place: {"dictionary": of, "probability": 0.6} for place, of in plan.words.items()},
        "operations": named,
        "generation": {"deterministic": True, "database": "none", "no-shrink": True, "max-examples": examples},
        "phases": {
            "stateful": {"generation": {"max-examples": examples}},
        },
    }


def _with_examples(document: dict[str, Any], plan: Plan, world: World) -> dict[str, Any]:
    """Add ids that exist and bodies that go through, so that requests get past 404 and 422."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", []):
                of = plan.examples.get(path, {}).get(parameter["name"])
                if of:
                    parameter["examples"] = {str(n): {"value": value} for n, value in enumerate(world.ids[of][:3])}
            body = plan.bodies.get(f"{method.upper()} {path}")
            if body is not None:
                operation["requestBody"]["content"]["application/json"]["example"] = world.filled(body)
    return document


def _answer(recorder: ScenarioRecorder, case_id: str) -> str:
    response = recorder.interactions[case_id].response
    return f"-> {response.status_code} {(response.content or b'')[:500]!r}" if response else ""


def assert_went_through(findings: Findings, *, but: Collection[str] = ()) -> None:
    """Check that every operation was tried, and succeeded at least once: a wall of 404 proves nothing.

    `but` takes files: the engine sends them without a name, and then they are no files.
    """
    silent = [
        operation
        for operation, seen in findings.statuses.items()
        if operation not in but and not any(200 <= one < 300 for one in seen)
    ]
    assert not silent, (silent, findings.statuses)
    assert findings.checks["ignored_auth"]
