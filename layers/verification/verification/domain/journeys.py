"""What a deployment lets people do: journeys, as one configuration document.

A journey is a list of steps. Each step is a workflow execution of its own on the person's
one account at Jumio: a screening that the server runs with prepared data, or a verification
that the person goes through. ``docs/journeys.md`` explains the document.
"""

import hashlib
import json
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from verification.domain.errors import Misconfigured, UnknownJourney
from verification.domain.facts import Fact
from verification.domain.steps import Configured, JourneyName, ReturnUrl, Step

_DEMANDS = {
    *("name", "kind", "workflow_key", "inputs", "passes", "otherwise"),
    *("credentials", "capabilities", "override_settings"),
}

_CHECKS_NOTHING = {"10170"}
"""Workflows whose PASSED says only that something was received."""


class Journey(Configured):
    """One thing that people can be asked to do, in steps."""

    name: JourneyName
    steps: list[Step] = Field(min_length=1, max_length=10)
    repeatable: bool = False
    needs_account: bool = Field(False, alias="needsAccount")
    failed_renewal: Literal["keep", "revoke"] = Field("keep", alias="failedRenewal")
    older_approvals: Literal["count", "lapse"] = Field("count", alias="olderApprovals")
    unchecked: bool = False
    records_consent: bool = Field(True, alias="recordsConsent")
    discloses: frozenset[Fact] = frozenset()
    retain_days: int | None = Field(None, alias="retainDays", ge=1, le=36500, strict=True)

    @cached_property
    def fingerprint(self) -> str:
        """What all steps demand of a person, as one word: not how often, how long and where."""
        steps = [step.model_dump(mode="json", include=_DEMANDS) for step in self.steps]
        for step in steps:
            step["passes"].sort()  # a set has no order
        return hashlib.sha256(json.dumps(steps, sort_keys=True).encode()).hexdigest()[:16]

    @model_validator(mode="after")
    def _steps_have_names_of_their_own(self) -> Self:
        _require_unique([step.name for step in self.steps], "steps")
        return self

    @model_validator(mode="after")
    def _every_word_has_an_effect(self) -> Self:
        lapses = any(step.kind == "user" and step.validity for step in self.steps)
        if "failed_renewal" in self.model_fields_set and not (lapses and self.repeatable):
            raise ValueError(
                "failedRenewal has no effect: only a journey that is repeatable, and has a user "
                "step with a validity, is renewed while an approval stands"
            )
        first, once = self.steps[0], len(self.steps) == 1 and not self.repeatable
        refuses = first.kind == "user" or first.otherwise in (None, "decline")
        if once and first.validity and not refuses:
            raise ValueError("validity has no effect on a screening that refuses nobody")
        retained = self.retained_until(0)
        if retained and any((step.validity or 0) > retained for step in self.steps):
            raise ValueError("a validity is longer than retainDays, after which nothing is known")
        return self

    @model_validator(mode="after")
    def _approval_without_a_check_is_meant(self) -> Self:
        unchecked = all(str(step.workflow_key) in _CHECKS_NOTHING for step in self.steps)
        if unchecked is not self.unchecked:
            keys = ", ".join(sorted(_CHECKS_NOTHING))
            raise ValueError(
                f"unchecked is true for a journey of which every workflow only receives ({keys}): "
                "everybody who finishes it is approved; and for no other"
            )
        return self

    def step(self, name: str) -> Step | None:
        """The step of that name, if the configuration (still) has it."""
        return next((step for step in self.steps if step.name == name), None)

    def retained_until(self, ended_at: int) -> int | None:
        """When an attempt that has ended is to be erased; None if it is kept."""
        return ended_at + self.retain_days * 86400 if self.retain_days else None

    def is_screening(self, step_name: str) -> bool:
        """Whether the server goes through the step of that name, and not the person."""
        step = self.step(step_name)
        return step is not None and step.kind == "screening"


class Journeys(Configured):
    """The journeys of a deployment; the first is the one that a request means by default."""

    editors: str | None = Field(None, alias="$schema", description="For editors only.")
    version: Literal[1] = 1
    journeys: list[Journey] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        _require_unique([journey.name for journey in self.journeys], "journeys")
        return self

    def get(self, name: str | None) -> Journey:
        """The journey of that name, or the default; raises UnknownJourney."""
        for journey in self.journeys:
            if name is None or journey.name == name:
                return journey
        raise UnknownJourney("No journey of that name is configured.")

    def returning_to(self, success_url: ReturnUrl | None, error_url: ReturnUrl | None) -> Self:
        """The same journeys, whose steps lead to these addresses where they name none."""
        usual = {"success_url": success_url, "error_url": error_url}
        journeys = [
            journey.model_copy(
                update={
                    "steps": [
                        step.model_copy(
                            update={name: getattr(step, name) or url for name, url in usual.items()}
                        )
                        for step in journey.steps
                    ]
                }
            )
            for journey in self.journeys
        ]
        return self.model_copy(update={"journeys": journeys})

    def step_of(self, journey_name: str, step_name: str) -> tuple[Journey, Step]:
        """What an execution was opened for, even if the configuration has forgotten it.

        A step that is gone is judged by itself, in the usual way.
        """
        lone = Step.model_validate({"name": step_name})
        try:
            journey = self.get(journey_name)
        except UnknownJourney:
            journey = Journey(name=journey_name, steps=[lone])
        return journey, journey.step(step_name) or lone


def _require_unique(names: list[str], what: str) -> None:
    if len(set(names)) != len(names):
        raise ValueError(f"two {what} have the same name")


def load_journeys(document: str) -> Journeys:
    """The journeys in a JSON document; raises Misconfigured with a line for each mistake."""
    try:
        read = json.loads(document)
        # Not validate_json: it lets a field's own name pass where only its alias may.
        return Journeys.model_validate(read)
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_input=False)
        lines = (f"{_place(one['loc'], read)}: {one['msg']}" for one in mistakes)
        raise Misconfigured("JOURNEYS: " + "\n".join(lines)) from None
    except (ValueError, RecursionError):
        raise Misconfigured("JOURNEYS: not a JSON document") from None


def _place(path: tuple[int | str, ...], found: Any) -> str:  # noqa: ANN401 any JSON
    """The path of a mistake, with journeys and steps by their names where they have one."""
    words = []
    for part in path:
        try:
            found = found[part]
        except (LookupError, TypeError):  # what is missing, or which of several types was tried
            found = None
        name = found.get("name") if isinstance(part, int) and isinstance(found, dict) else ""
        words.append(name if isinstance(name, str) and name.isprintable() and name else str(part))
    return ".".join(words)
