"""The switches: one model, readable and patchable while the simulator runs.

Every default is what Jumio documents; where nothing is documented the comment says so and the
default is a guess that the other values of the switch allow one to test against.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Channel = Literal["WEB", "API", "SDK"]
Status = Literal[
    "INITIATED", "ACQUISITION_STARTED", "ACQUIRED", "PROCESSED", "SESSION_EXPIRED", "TOKEN_EXPIRED"
]


Permission = Literal["initiate", "retrieve", "delete"]
ExpiredStatus = Literal["SESSION_EXPIRED", "TOKEN_EXPIRED"]
ExpiredDetails = Literal["unavailable", "not_executed", "rejected"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Client(Strict):
    """An OAuth2 client of the tenant and what it may do.

    Jumio's portal grants `retrieve` and `delete` together only; here one may be missing.
    """

    id: str
    secret: str
    permissions: set[Permission] = {"initiate", "retrieve", "delete"}


class CustomWorkflow(Strict):
    """A workflow the catalogue does not have, or one it has with other contents."""

    credentials: list[Literal["ID", "SELFIE", "FACEMAP", "DOCUMENT", "DATA"]] = Field(min_length=1)
    capabilities: list[str] = []
    channels: list[Channel] = ["WEB", "API", "SDK"]
    required_data: list[str] = []
    needs_user_reference: bool = False
    update_only: bool = False
    processing_seconds: float = Field(default=2.0, ge=0)


class CallbackOptions(Strict):
    """How callbacks are sent. Jumio publishes nothing about retries, order or duplicates."""

    interim: bool = False  # ACQUISITION_STARTED and ACQUIRED as well; per tenant or not: unknown
    copies: int = Field(default=1, ge=1)  # 2 sends every callback twice
    delay_seconds: float = Field(default=0.0, ge=0)
    reorder: bool = False  # interim callbacks arrive after the last one, newest first
    drop: bool = False
    wrong_user_reference: bool = False
    reporting_criteria: bool = True  # the portal's page says so; no captured callback had any
    href_with_account: bool = False  # the documented sample has the segment, captures do not
    real_hosts: bool = False  # hrefs name Jumio's hosts instead of this simulator
    content_type: str = "application/json"  # the guide of 2023 says form-urlencoded
    user_agent: str = "Jumio-Simulator callback/1.0"  # the real one is unknown
    success_statuses: list[int] = [200]  # a customer's code insists on exactly 200
    retry_seconds: list[float] = [30.0, 300.0, 1800.0]  # a guess; [] never retries
    timeout_seconds: float = Field(default=10.0, gt=0)  # a guess


class Options(Strict):
    """Everything that can be switched; `docs/simulator.md` explains each in a line."""

    # The tenant
    data_center: Literal["amer-1", "emea-1", "apac-1"] = "emea-1"
    public_url: str | None = None  # base of every URL handed out; the listening address if unset
    clients: list[Client] = [Client(id="demo-client", secret="demo-secret")]
    tenant_channels: list[Channel] = ["WEB", "API", "SDK"]
    workflows: dict[str, CustomWorkflow] = {}
    default_callback_url: str | None = None
    default_success_url: str | None = None
    default_error_url: str | None = None
    default_token_lifetime: str = "30m"
    idle_seconds: float = Field(default=900.0, gt=0)

    # OAuth
    oauth_lifetime_seconds: int = Field(default=3600, gt=0)
    oauth_reuse_seconds: int = Field(default=3300, ge=0)  # how long the same token is handed out
    aged_token_expires_in: Literal["remaining", "full"] = "remaining"

    # Limits: requests a second; the size of a burst is a guess
    token_rate: float = Field(default=10.0, gt=0)
    token_burst: int = Field(default=10, ge=1)
    account_rate: float = Field(default=1.0, gt=0)
    account_burst: int = Field(default=5, ge=1)
    retrieval_rate: float = Field(default=15.0, gt=0)
    retrieval_burst: int = Field(default=15, ge=1)
    retry_after_seconds: int | None = None  # Retry-After on a 429: unknown

    # What is refused
    require_user_agent: bool = True
    user_agent_pattern: str = r"^[^/\s]+ \S"
    relax_localhost_urls: bool = True  # http and ports, on localhost only
    return_url_query: Literal["refuse_reserved", "refuse_all", "allow"] = "refuse_reserved"
    reference_forbids_braces: bool = True  # an older page also forbids { } |
    unknown_fields: Literal["ignore", "refuse"] = "ignore"  # unknown
    known_locales_only: bool = False  # unknown
    require_consent: bool = False  # the guide says no; a live tenant answered 400
    require_state_for_usa: bool = False  # seen once
    require_liveness: bool = False  # for authentication: documented, but with which answer is not
    unknown_account_status: Literal[400, 404, 409, 410] = 404  # a PUT after a deletion, for example
    update_ends_previous: bool = False  # what an update does to the open execution: unknown

    # Tokens, the web client and the SDK
    web_href_form: Literal["client", "v4"] = "client"
    web_token: Literal["same", "separate"] = "same"  # "separate": the SDK refuses the web's token
    token_single_use: bool = False  # unknown
    exat_form: Literal[  # how the transaction token says when it expires; samples: milliseconds
        "milliseconds", "seconds", "microseconds", "iso8601", "number", "absent"
    ] = "milliseconds"
    person_starts_after_seconds: float = Field(default=1.0, ge=0)  # for scenarios that play alone
    person_takes_seconds: float = Field(default=3.0, ge=0)

    # The API channel
    upload_max_bytes: int = Field(default=15_000_000, gt=0)
    upload_bearer: Literal["any", "transaction"] = "any"  # code in the wild sends the OAuth token
    processing_seconds: float | None = Field(default=None, ge=0)  # None: as captured per workflow

    # Results
    success_status: Literal[200, 201] = 200  # Jumio's pages say 200, tests in the wild 201
    # What details answer for an expired execution; a single value is meant for both statuses.
    expired_details: dict[ExpiredStatus, ExpiredDetails] = Field(default={}, validate_default=True)
    pending_decision: Literal["absent", "not_executed"] = "absent"  # unknown
    passed_max_score: int = 30
    warning_max_score: int = 70
    decision_labels: dict[str, str] = {}  # per type; the type itself when not given
    capture_client: Literal["auto_capture", "manual_capture"] | None = "auto_capture"
    drop_off: bool = True  # documented to be told; the member's name and shape are unknown
    search_status: str = "SUCCESS"  # the table says DONE, samples and captures say SUCCESS
    unreadable_reads: int = Field(default=0, ge=0)  # 404s of details after PROCESSED
    unreadable_seconds: float = Field(default=0.0, ge=0)
    wipe_after_seconds: float | None = Field(default=None, ge=0)
    details_after_delete: Literal["not_found", "decision_kept"] = "not_found"
    health: dict[
        Literal["api", "callback", "mobile", "processing", "retrieval", "web"],
        Literal["DEGRADED", "DOWN"],
    ] = {}

    callbacks: CallbackOptions = CallbackOptions()

    @field_validator("expired_details", mode="before")
    @classmethod
    def _for_both_statuses(cls, value: object) -> object:
        if isinstance(value, str):
            return {"SESSION_EXPIRED": value, "TOKEN_EXPIRED": value}
        usual = {"SESSION_EXPIRED": "unavailable", "TOKEN_EXPIRED": "unavailable"}
        return usual | value if isinstance(value, dict) else value

    def patched(self, changes: dict[str, Any]) -> "Options":
        """A copy with these members changed; `callbacks` and `expired_details` are merged.

        Raises pydantic's `ValidationError` for a name or a value that does not exist.
        """
        present = self.model_dump()
        for name in ("callbacks", "expired_details"):
            if isinstance(changes.get(name), dict):
                changes = changes | {name: present[name] | changes[name]}
        return Options.model_validate(present | changes)
