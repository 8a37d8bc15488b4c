"""Faults that can be switched on per endpoint, each for a number of requests."""

from fnmatch import fnmatchcase
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from jumio_simulator.world.options import Strict

Kind = Literal[
    "status",
    "rate_limited",
    "token_rejected",
    "latency",
    "reset",
    "reset_after_commit",
    "reset_before_body",
    "truncated",
    "truncated_json",
    "malformed_json",
    "altered_json",
    "slow_drip",
    "connection_refused",
]


class Fault(Strict):
    """One switched fault.

    `endpoint` is an endpoint's name (`accounts.create`, `retrieval.*`, `*`) or, when it begins
    with a slash, a path pattern. `count` requests are hit after `skip` were let through.
    """

    endpoint: str
    kind: Kind
    count: int = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    status: int = Field(default=500, ge=200, le=599)
    body: Any = None  # with `status`: this JSON instead of the usual error body
    headers: dict[str, str] = Field(default_factory=dict)
    after_commit: bool = False  # status codes and latency: the request takes effect first
    seconds: float = Field(default=1.0, ge=0)  # latency; pause between drips; time refused
    chunk_bytes: int = Field(default=16, ge=1)  # slow_drip
    members: dict[str, Any] = Field(default_factory=dict)  # altered_json: values by dotted path
    without: list[str] = Field(default_factory=list)  # altered_json: paths to leave out
    retry_after: str | None = None  # rate_limited
    mode: Literal["rst", "close"] = "rst"  # how a connection is ended
    method: str | None = None
    fired: int = 0

    @model_validator(mode="after")
    def _check_alteration(self) -> Self:
        if (self.kind == "altered_json") != bool(self.members or self.without):
            raise ValueError("altered_json, and nothing else, takes members or without")
        return self

    def hits(self, method: str, path: str, endpoint: str | None) -> bool:
        if self.method is not None and self.method.upper() != method:
            return False
        if self.endpoint.startswith("/"):
            return fnmatchcase(path, self.endpoint)
        return fnmatchcase(endpoint or "", self.endpoint)


class FaultBook:
    """Switched faults in the order they were switched on; the first that fits is used."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.faults.append(fault)

    def take(self, method: str, path: str, endpoint: str | None) -> Fault | None:
        """The fault for this request, counted down; None when it is to be served normally."""
        for fault in self.faults:
            if fault.fired >= fault.count or not fault.hits(method, path, endpoint):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.fired += 1
            return fault
        return None

    def clear(self) -> None:
        self.faults.clear()
