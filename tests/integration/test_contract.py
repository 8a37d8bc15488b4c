"""Every answer that docs/openapi.yaml promises is given, and looks as it says.

Each is provoked at the edge of the product, on its real store and the Jumio simulator. In other
tests, too, what functions answer is held to the document (tests/support/functions.py).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from tests.support.bff import ISSUER, SIGNING_KEY
from tests.support.contract import ROUTES, codes_of, deviations, of_functions, responses
from tests.support.events import event
from tests.support.faults import Failure, Faults, code
from tests.support.interruptions import killed
from tests.support.journeys import screening_first, shipped
from tests.support.judge import Judge
from tests.support.pipeline import Pipeline
from verification.domain.deadline import Deadline
from verification.domain.journeys import load_journeys
from verification.domain.limits import Limits
from verification.domain.sources import Sources
from verification.edge.http import Request, answering, respond
from verification.edge.http.callback import said
from verification.edge.http.caller import caller_of
from verification.edge.http.sessions import asked, session_response
from verification.edge.http.verifications import returned, verification_response
from verification.use_cases.get_verification import GetVerification
from verification.use_cases.receive_callback import ReceiveCallback

Json = dict[str, Any]
MACHINE = "a-machine"
NAMES = {"firstName": "Ada", "lastName": "Byron"}
OPENING, STANDING, CALLBACK = "POST /sessions", "GET /verification", "POST /callbacks/{capability}"


@dataclass
class Api:
    """The three routes, as the gateway calls them; remembers the answers."""

    pipeline: Pipeline
    answers: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bff = self.pipeline.bff
        self.simulator = self.bff.simulator.admin

    def open(self, user: str = "ada", key: str | None = None, **body: object) -> Json:
        called = self._called("create_session", user, body=json.dumps({"channel": "sdk"} | body))
        if key:
            called["headers"]["idempotency-key"] = key
        return self._answered(called, self._open)

    def look(self, known: str = "", user: str = "ada", **query: str) -> Json:
        called = self._called("get_verification", user, queryStringParameters=query)
        called["headers"]["if-none-match"] = known
        return self._answered(called, self._look)

    def call_back(self, capability: str) -> Json:
        body = json.dumps({"account": {"id": "account"}, "workflowExecution": {"id": "execution"}})
        parameters = {"capability": capability}
        called = event("receive_callback", pathParameters=parameters, body=body)
        return self._answered(called, self._call_back)

    def end(self, scenario: str) -> None:
        """The execution that was opened last ends like this."""
        execution = self.bff.executions()[-1]
        self.pipeline.play(execution, scenario)
        self.bff.settle(execution)

    def _called(self, name: str, user: str, **members: object) -> Json:
        called = event(name, **members)
        claims = {"iss": ISSUER, "sub": user, "client_id": MACHINE}
        called["requestContext"]["authorizer"]["jwt"]["claims"] = claims
        return called

    def _answered(self, called: Json, work: Callable[[Request], Json]) -> Json:
        self.answers.append(answering(called, work))
        return self.answers[-1]

    def _open(self, request: Request) -> Json:
        wanted = asked(request, "https://bff.example", "sub")
        return session_response(self.bff.create_session(wanted, Deadline(15)))

    def _look(self, request: Request) -> Json:
        bff = self.bff
        get = GetVerification(
            bff.journeys, bff.people, bff.outcomes, self.pipeline.hints, clock=bff.clock
        )
        back = returned(request)
        found = get(caller_of(request.claims), request.query("journey"), returned=back)
        return verification_response(found, request)

    def _call_back(self, request: Request) -> Json:
        receive = ReceiveCallback(
            lambda _: [SIGNING_KEY], Sources.of("off", "emea-1"), self.pipeline.hints
        )
        receive(request.path("capability"), request.source_ip, partial(said, request))
        return respond(200, {})


@pytest.fixture
def api(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setattr("verification.cloud._PATIENCE", 0.02)
    pipeline.bff.journeys = shipped()
    return Api(pipeline)


Provocation = Callable[[Api], object]


def takes_long(api: Api) -> None:
    api.bff.journeys = screening_first()
    api.simulator.patch_options(processing_seconds=60)
    api.open(applicant={"email": "ada@people.example"})


def died(api: Api) -> None:
    with killed("before", api.bff.jumio, "open_execution"):
        api.open()
    api.open()


def is_worked_on(api: Api) -> None:
    api.open()
    execution = api.bff.executions()[-1]
    api.pipeline.play(execution, "approved", to_end=False)
    api.pipeline.let_pass(5)
    api.bff.settle(execution)
    api.open()


def has_no_token(api: Api) -> None:
    step = {"name": "email", "workflowKey": 10066}
    journeys = {"journeys": [{"name": "plain", "steps": [step]}]}
    api.bff.journeys = load_journeys(json.dumps(journeys))
    api.open()


def is_no_genuine_app(api: Api) -> None:
    api.bff.attestor = Judge(b'{"genuine": false}').attestor
    api.open()


def too_many(api: Api) -> None:
    api.bff.limits = Limits(100, 100, 1)
    api.open()
    api.open(user="bob")


def refused(endpoint: str, kind: str, **parameters: object) -> Provocation:
    """Jumio ends every call of an endpoint like this."""

    def provoke(api: Api) -> None:
        api.simulator.add_fault(endpoint, kind, 99, **parameters)
        api.open()

    return provoke


def failing(failure: Failure, route: str) -> Provocation:
    """AWS ends every call like this."""

    def provoke(api: Api) -> None:
        capability = api.bff.capability(api.pipeline.open())
        for client in (api.bff.dynamodb, api.pipeline.hints.sqs):
            Faults(client).plan("", failure, count=99)
        call = {OPENING: api.open, STANDING: api.look, CALLBACK: partial(api.call_back, capability)}
        call[route]()

    return provoke


AWS: dict[tuple[int, str], Failure] = {
    (500, "misconfigured"): code("AccessDeniedException"),
    (500, "internal"): lambda *_: RuntimeError("nobody has thought of it"),
    (503, "temporarily-unavailable"): code("ThrottlingException"),
}
PROVOKED: dict[tuple[str, int, str | None], Provocation] = {
    (OPENING, 200, None): lambda api: [api.open(), api.open(channel="web")],
    (OPENING, 201, None): lambda api: api.open(),
    (OPENING, 202, None): takes_long,
    (OPENING, 204, None): lambda api: api.open(journey="screening-only", applicant=NAMES),
    (OPENING, 400, "invalid-request"): lambda api: api.open(channel="fax"),
    (OPENING, 403, "forbidden"): lambda api: api.open(user=MACHINE),
    (OPENING, 403, "attestation-refused"): is_no_genuine_app,
    (OPENING, 403, "not-eligible"): lambda api: api.open(journey="reverify"),
    (OPENING, 404, "unknown-journey"): lambda api: api.open(journey="nonsense"),
    (OPENING, 409, "session-busy"): died,
    (OPENING, 409, "verification-in-progress"): is_worked_on,
    (OPENING, 409, "already-verified"): lambda api: [api.open(), api.end("approved"), api.open()],
    (OPENING, 413, "request-too-large"): lambda api: api.open(applicant={"a": "a" * 10_240}),
    (OPENING, 422, "consent-required"): lambda api: api.open(consent={"country": "US"}),
    (OPENING, 422, "applicant-required"): lambda api: api.open(journey="onboarding-phone"),
    (OPENING, 422, "channel-unavailable"): has_no_token,
    (OPENING, 422, "idempotency-key-reused"): lambda api: [
        api.open(key="k"),
        api.open(key="k", channel="web"),
    ],
    (OPENING, 429, "attempts-exhausted"): lambda api: [api.open(renew=True) for _ in range(6)],
    (OPENING, 502, "provider-unavailable"): refused("accounts.create", "reset_after_commit"),
    (OPENING, 502, "provider-rejected"): refused("accounts.create", "status", status=400),
    (OPENING, 503, "provider-busy"): too_many,
    (OPENING, 503, "provider-unavailable"): refused("token", "status", status=503),
    (STANDING, 200, None): lambda api: [api.open(), api.look()],
    (STANDING, 304, None): lambda api: [api.open(), api.look(api.look()["headers"]["ETag"])],
    (STANDING, 400, "invalid-request"): lambda api: api.look(returned="perhaps"),
    (STANDING, 403, "forbidden"): lambda api: api.look(user=MACHINE),
    (STANDING, 404, "unknown-journey"): lambda api: api.look(journey="nonsense"),
    (CALLBACK, 200, None): lambda api: api.call_back(api.bff.capability(api.pipeline.open())),
    (CALLBACK, 404, "not-found"): lambda api: api.call_back("nonsense"),
    **{
        (route, *ending): failing(failure, route)
        for route in (OPENING, STANDING, CALLBACK)
        for ending, failure in AWS.items()
    },
}


def promised() -> set[tuple[str, int, str | None]]:
    """Route, status and problem of all that the document says of functions."""
    found: set[tuple[str, int, str | None]] = set()
    for route in ROUTES:
        for status, response in responses(route).items():
            schemas = of_functions(response)
            if schemas or "content" not in response:
                found |= {(route, status, code) for code in codes_of(response) or {None}}
    return found


def test_every_answer_that_is_promised_can_be_provoked_and_no_other() -> None:
    assert PROVOKED.keys() == promised()


@pytest.mark.parametrize("ending", PROVOKED, ids=str)
def test_what_is_promised_is_given(api: Api, ending: tuple[str, int, str | None]) -> None:
    route, status, problem = ending
    PROVOKED[ending](api)
    answer = api.answers[-1]
    body = json.loads(answer["body"] or "{}")
    assert (answer["statusCode"], body.get("code")) == (status, problem)
    assert deviations(route, answer) == []
    first = next(one for one in PROVOKED if one[:2] == ending[:2])
    if ending == first:  # of each status, the first shows all headers
        shown = {"Content-Type", *responses(route)[status]["headers"]}
        assert shown == {"Content-Type", *answer["headers"]}
