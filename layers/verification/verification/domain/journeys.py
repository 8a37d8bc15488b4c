"""What a deployment lets people do: journeys, as one configuration document.

A journey is a list of steps. Each step is a workflow execution of its own on the person's
one account at Jumio: a screening that the server runs with prepared data, or a verification
that the person goes through. ``docs/journeys.md`` explains the document. Names and limits of
what is sent follow Jumio's account request ("Creating and updating accounts").
"""

import hashlib
import json
import re
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    JsonValue,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from verification.domain.errors import Misconfigured, UnknownJourney
from verification.domain.facts import Fact
from verification.domain.formats import PREPARED_DATA, alpha3
from verification.domain.hint import ID
from verification.domain.locales import TAG, nearest

JourneyName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$", max_length=40)]
StepName = JourneyName

_LIFETIME = r"^[0-9]{1,7}[smhd]$"
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SHORTEST, _LONGEST = 5 * 60, 60 * 86400


def _lifetime(value: str) -> str:
    if not re.match(_LIFETIME, value) or not _SHORTEST <= _seconds(value) <= _LONGEST:
        raise ValueError("a number and s, m, h or d, from 5m to 60d")
    return value


def _seconds(lifetime: str) -> int:
    return int(lifetime[:-1]) * _SECONDS[lifetime[-1]]


def _allowed_by_jumio(value: HttpUrl) -> HttpUrl:
    if len(str(value)) > 255 or value.query or value.fragment:
        raise ValueError("at most 255 characters, without query and fragment")
    host = value.host or ""
    if host not in ("localhost", "127.0.0.1"):
        if value.scheme != "https" or value.port != 443 or value.username or value.password:
            raise ValueError("https, without a port and a user")
        if "." not in host or host.rpartition(".")[2].isdecimal() or host.startswith("["):
            raise ValueError("a host name of your own, no address")
    return value


Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,64}$")]
WorkflowKey = (
    Annotated[int, Field(strict=True, ge=1)] | Annotated[str, Field(min_length=1, max_length=255)]
)
Lifetime = Annotated[
    str, AfterValidator(_lifetime), WithJsonSchema({"type": "string", "pattern": _LIFETIME})
]
WebLocale = Annotated[
    str, AfterValidator(nearest), WithJsonSchema({"type": "string", "pattern": TAG})
]
ReturnUrl = Annotated[HttpUrl, AfterValidator(_allowed_by_jumio)]


class _Configured(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Attempts(_Configured):
    """How often a person may begin: ``limit`` executions in any ``window`` seconds."""

    limit: int = Field(5, ge=1, le=100)
    window: int = Field(86400, ge=60, le=366 * 86400)


class Preset(_Configured):
    """Values of which the person may choose (RECOMMENDED) or to which they are held (DEFINED)."""

    predefined_type: Literal["DEFINED", "RECOMMENDED"] = Field("DEFINED", alias="predefinedType")
    values: list[str] = Field(min_length=1)


class CountryPreset(Preset):
    """ISO 3166 countries, sent as alpha-3."""

    values: list[Annotated[str, AfterValidator(alpha3)]] = Field(min_length=1)


class TypePreset(Preset):
    """Kinds of a credential, as Jumio names them."""

    values: list[Annotated[str, Field(pattern=r"^[A-Z0-9_]{1,100}$")]] = Field(min_length=1)


class CredentialPreset(_Configured):
    """What a person is asked to present, as Jumio's ``workflowDefinition.credentials[]``."""

    category: Literal["ID", "FACEMAP", "SELFIE", "DOCUMENT", "DATA"]
    id: str | None = Field(None, pattern=ID)
    label: str | None = None
    country: CountryPreset | None = None
    type: TypePreset | None = None


class Input(_Configured):
    """Where a step gets one member of its prepared data from.

    ``applicant`` is the request's object of that name, ``claim:<name>`` a claim of the
    verified token, and ``source-ip`` the address that the gateway saw.
    """

    source: str = Field(
        alias="from", pattern=r"^(applicant|source-ip|claim:[A-Za-z0-9_:/.-]{1,100})$"
    )
    optional: bool = False


_INPUT_NAMES: dict[str, Any] = {"propertyNames": {"enum": sorted(PREPARED_DATA)}}


class Step(_Configured):
    """One workflow execution of a journey, and what follows from its decision."""

    name: StepName
    kind: Literal["user", "screening"] = "user"
    workflow_key: WorkflowKey = Field(10011, alias="workflowKey")
    inputs: dict[str, Input] = Field({}, json_schema_extra=_INPUT_NAMES)
    passes: frozenset[Literal["PASSED", "WARNING"]] = Field(frozenset({"PASSED"}), min_length=1)
    otherwise: Literal["decline", "review", "continue"] | None = None
    validity: int | None = Field(None, ge=60)
    attempts: Attempts = Attempts.model_validate({})
    consent: Literal["optional", "required"] = "optional"
    credentials: list[CredentialPreset] = []
    capabilities: dict[Word, dict[Word, JsonValue]] = {}
    reporting_criteria: str | None = Field(
        None, alias="reportingCriteria", min_length=1, max_length=255
    )
    override_settings: dict[Word, str] = Field({}, alias="overrideSettings")
    token_lifetime: Lifetime = Field("30m", alias="tokenLifetime")
    success_url: ReturnUrl | None = Field(None, alias="successUrl")
    error_url: ReturnUrl | None = Field(None, alias="errorUrl")
    locale: WebLocale | None = None
    callback: bool = True

    @property
    def lifetime(self) -> int:
        """Seconds in which an execution must be started."""
        return _seconds(self.token_lifetime)

    @model_validator(mode="after")
    def _inputs_are_known(self) -> Self:
        if unknown := [name for name in self.inputs if name not in PREPARED_DATA]:
            raise ValueError(f"inputs.{unknown[0]} is no member of Jumio's prepared data")
        if self.kind == "screening" and not self.inputs:
            raise ValueError("a screening needs inputs")
        return self

    @model_validator(mode="after")
    def _every_word_has_an_effect(self) -> Self:
        idle = {"success_url", "error_url", "locale"} if self.kind == "screening" else set()
        idle |= {"passes"} if self.otherwise == "continue" else set()
        if said := sorted(idle & self.model_fields_set):
            raise ValueError(f"{said[0].replace('_u', 'U')} has no effect on such a step")
        return self


_DEMANDS = {
    *("name", "kind", "workflow_key", "inputs", "passes", "otherwise"),
    *("credentials", "capabilities", "override_settings"),
}

_CHECKS_NOTHING = {"10170"}
"""Workflows whose PASSED says only that something was received."""


class Journey(_Configured):
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


class Journeys(_Configured):
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
    """The journeys in a JSON document; raises Misconfigured with the path of what is wrong."""
    try:
        # Not validate_json: it lets a field's own name pass where only its alias may.
        return Journeys.model_validate(json.loads(document))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        raise Misconfigured(f"JOURNEYS: {path}: {first['msg']}") from None
    except (ValueError, RecursionError):
        raise Misconfigured("JOURNEYS: not a JSON document") from None
