"""Users, clocks, faults, deaths and callbacks in any order: the invariants hold after each step.

The rules drive the real use cases on moto's table and the Jumio simulator under one clock.
"""

import contextlib
import json
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any, ClassVar

import httpx
import pytest
import requests
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from moto import mock_aws

from jumio_simulator.testing import RunningSimulator, running_simulator
from tests.support import aws_clients
from tests.support.bff import Bff, Clock
from tests.support.interruptions import interleaved, killed
from tests.support.template import table_definition
from verification.aws.bus import Bus
from verification.domain.deadline import Deadline
from verification.domain.errors import NotYet, OutcomeUnknown, Problem
from verification.domain.execution import State
from verification.domain.hint import Hint
from verification.domain.journeys import load_journeys
from verification.domain.standing import LEASE_SECONDS
from verification.use_cases.sweep_overdue import SweepOverdue

Items = list[dict[str, Any]]

USERS = st.sampled_from(["ada", "bob"])
WHICH = st.integers(0, 5)
FINISHES = st.sampled_from(["approved", "declined: fake document", "needs review"])
STEP = {"name": "identity", "attempts": {"limit": 100}, "tokenLifetime": "10m"}
WITH_DATA = {**STEP, "workflowKey": 10163, "inputs": {"email": {"from": "applicant"}}}
TRUTH = {
    ("PROCESSED", "PASSED"): State.APPROVED,
    ("PROCESSED", "WARNING"): State.REVIEW,
    ("PROCESSED", "REJECTED"): State.DECLINED,
    ("PROCESSED", "NOT_EXECUTED"): State.EXPIRED,
}
simulator: RunningSimulator


@pytest.fixture(scope="module", autouse=True)
def _running(request: pytest.FixtureRequest) -> Iterator[None]:
    global simulator
    with pytest.MonkeyPatch.context() as environment, running_simulator() as simulator:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        with mock_aws(config={"core": {"reset_boto3_session": False}}):
            yield


class RecordedEvents:
    """An event bus that remembers what it was given."""

    def __init__(self) -> None:
        self.details: list[dict[str, Any]] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.details += [json.loads(entry["Detail"]) for entry in Entries]
        return {"FailedEntryCount": 0, "Entries": [{}]}


class RecordedQueue:
    """A queue that a test empties by hand."""

    def __init__(self) -> None:
        self.hints: list[Hint] = []

    def send(self, hint: Hint) -> None:
        self.hints.append(hint)


class Invariants(RuleBasedStateMachine):
    step: ClassVar[dict[str, object]] = STEP
    given: ClassVar[dict[str, object]] = {}

    @initialize()
    def begin(self) -> None:
        simulator.admin.reset()
        simulator.admin.clear_faults()
        simulator.admin.patch_options(
            account_rate=1000, account_burst=1000, retrieval_rate=1000, retrieval_burst=1000
        )
        simulator.admin.patch_options(callbacks={"drop": True})
        clock = Clock(float(int(simulator.admin.freeze()["now"])))
        table = f"verification-{uuid.uuid4().hex}"
        client = aws_clients.client("dynamodb")
        client.create_table(**table_definition(table))
        self.events, self.queue, self.clock = RecordedEvents(), RecordedQueue(), clock
        bus: Any = Bus(self.events, "verification")  # type: ignore[arg-type]
        document = {"journeys": [{"name": "identity", "steps": [self.step]}]}
        journeys = load_journeys(json.dumps(document))
        self.bff = Bff(client, table, simulator, bus, journeys, clock=clock, sleep=self._let_pass)
        self.excused: Counter[str] = Counter()  # accounts that nobody could know of
        self.given_up: set[str] = set()  # intents of which nothing was heard in time
        self.ranks: dict[str, int] = {}
        self.finals: dict[str, dict[str, Any]] = {}
        self.accounts: dict[str, str] = {}

    # ---------------------------------------------------------------- what happens

    @rule(user=USERS, channel=st.sampled_from(["sdk", "web"]), renew=st.booleans())
    def ask(self, user: str, channel: str, renew: bool) -> None:
        with contextlib.suppress(Problem):
            answered = self.bff.ask(channel, user=user, renew=renew, **self.given)
            self._had_the_data(answered.body)
            account = self.bff.item(user, "ACCOUNT") or {}
            self.accounts.setdefault(account["pk"], account["account_id"])

    @rule(
        user=USERS,
        fault=st.sampled_from(
            ["reset_after_commit", "reset_before_body", "reset", "malformed_json"]
        ),
    )
    def ask_while_jumio_misbehaves(self, user: str, fault: str) -> None:
        simulator.admin.add_fault("accounts.*", fault)
        try:
            self.bff.ask(user=user, renew=True, **self.given)
        except OutcomeUnknown:
            self.excused[user] += 1
        except Problem:
            pass
        simulator.admin.clear_faults()

    @rule(
        user=USERS,
        when=st.sampled_from(["before", "after"]),
        step=st.sampled_from(
            [
                ("store", "begin"),
                ("jumio", "open_execution"),
                ("store", "save"),
                ("store", "hold"),
                ("jumio", "upload_prepared_data"),
                ("store", "supplied"),
            ]
        ),
    )
    def ask_and_die(self, user: str, when: Any, step: tuple[str, str]) -> None:
        part, method = step
        with (
            contextlib.suppress(Problem, AssertionError),  # it may never get that far
            killed(when, getattr(self.bff, part), method),
        ):
            self.excused[user] += method in ("begin", "open_execution", "save")
            self.bff.ask(user=user, renew=True, **self.given)

    @rule(user=USERS, fault=st.sampled_from(["reset", "reset_after_commit", "status"]))
    def ask_while_the_data_are_refused_or_lost(self, user: str, fault: str) -> None:
        simulator.admin.add_fault("parts.*", fault, status=400, count=2)
        self.ask(user, "web", renew=False)
        simulator.admin.clear_faults()

    # Not 31 seconds before the call: the function's own time would be up.
    @rule(user=USERS, moment=st.sampled_from([("before", 1), ("after", 1), ("after", 31)]))
    def a_slow_request_meets_another(self, user: str, moment: tuple[Any, int]) -> None:
        when, seconds = moment

        def meanwhile() -> None:
            self.time_passes(seconds)
            self.ask(user, "sdk", renew=True)

        with (
            contextlib.suppress(Problem),
            interleaved(when, self.bff.jumio, "open_execution", meanwhile),
        ):
            self.excused[user] += seconds > LEASE_SECONDS
            self.bff.ask(user=user, renew=True, **self.given)

    @rule(which=WHICH, scenario=FINISHES)
    def two_workers_meet(self, which: int, scenario: str) -> None:
        def meanwhile() -> None:
            self.a_person_finishes(which, scenario)
            self.a_callback_comes(which)

        with interleaved("before", self.bff.outcomes, "advance", meanwhile):
            self.a_callback_comes(which)

    @rule(
        which=WHICH,
        scenario=FINISHES,
    )
    def a_person_finishes(self, which: int, scenario: str) -> None:
        if execution := self._execution(which):
            with contextlib.suppress(requests.HTTPError):  # it may be over already
                simulator.admin.play(execution["id"], scenario)

    @rule(which=WHICH, scenario=FINISHES)
    def a_person_has_just_finished(self, which: int, scenario: str) -> None:
        if execution := self._execution(which):
            with contextlib.suppress(requests.HTTPError):  # it may be over already
                simulator.admin.play(execution["id"], scenario, to_end=False)
            self.time_passes(5)

    @rule(which=WHICH)
    def a_callback_comes(self, which: int) -> None:
        if execution := self._execution(which):
            self._settle(self.bff.hint(execution))

    @rule(
        which=WHICH,
        when=st.sampled_from(["before", "after"]),
        step=st.sampled_from(
            [
                ("outcomes", "adopt"),
                ("outcomes", "advance"),
                ("outcomes", "published"),
                ("bus", "publish"),
            ]
        ),
    )
    def a_callback_comes_and_the_worker_dies(
        self, which: int, when: Any, step: tuple[str, str]
    ) -> None:
        part, method = step
        if execution := self._execution(which):
            with (
                contextlib.suppress(AssertionError),  # it may never get that far
                killed(when, getattr(self.bff, part), method),
            ):
                self._settle(self.bff.hint(execution))

    @rule(seconds=st.sampled_from([1, 31, 600, 3700]))
    def time_passes(self, seconds: int) -> None:
        self._let_pass(seconds)

    def _let_pass(self, seconds: float) -> None:
        """Whoever sleeps moves both clocks: Jumio's stands still by itself."""
        simulator.admin.advance(seconds)
        self.clock.now += seconds

    @rule()
    def the_sweeper_runs(self) -> None:
        queue: Any = self.queue
        SweepOverdue(self.bff.outcomes, queue, self.clock, at_once=1)(Deadline(60))
        for item in of_kind(self.bff.plain_items(), "EXECUTION#"):
            if State(item["state"]).final and "workflow_execution_id" not in item:
                self.given_up.add(item["sk"][10:])
        for hint in self.queue.hints:
            self._settle(hint)
        self.queue.hints.clear()

    def _execution(self, which: int) -> dict[str, Any] | None:
        executions = self.bff.executions()
        return executions[which % len(executions)] if executions else None

    def _settle(self, hint: Hint) -> None:
        with contextlib.suppress(NotYet, Problem):
            self.bff.settle_execution(hint, Deadline(20))

    # ---------------------------------------------------------------- what must hold

    def _had_the_data(self, handed_out: dict[str, dict[str, str]] | None) -> None:
        """Nothing is handed out before Jumio has what the step wants to tell it."""
        opener = {word for member in (handed_out or {}).values() for word in member.values()}
        (execution,) = [
            one for one in self.bff.executions() if opener & {one["sdkToken"], one["webHref"]}
        ]
        uploads = simulator.admin.journal(endpoint="parts.*", path=f"*{execution['id']}*")
        assert any(one["status"] == httpx.codes.OK for one in uploads) == bool(self.given)

    @invariant()
    def all_invariants_hold(self) -> None:
        kept, executions = self.bff.plain_items(), self.bff.executions()
        self._a_person_has_one_account_that_never_changes(kept, executions)
        self._one_call_at_a_time_creates_accounts(executions)
        self._states_move_forward_and_end_as_jumio_says(kept, executions)
        self._tokens_are_kept_only_where_they_can_be_used(kept)
        self._an_approval_is_never_taken_back(kept)
        self._every_event_has_one_id_and_tells_the_truth(kept)

    def _a_person_has_one_account_that_never_changes(self, kept: Items, executions: Items) -> None:
        for account in of_kind(kept, "ACCOUNT"):
            if "subject" in account and "account_id" in account:
                first = self.accounts.setdefault(account["pk"], account["account_id"])
                assert account["account_id"] == first
                at_jumio = {
                    execution["accountId"]
                    for execution in executions
                    if account["pk"] == f"USER#{execution['userReference']}"
                }
                assert first in at_jumio
                assert len(at_jumio) <= 1 + self.excused[account["subject"]]

    def _one_call_at_a_time_creates_accounts(self, executions: Items) -> None:
        created: dict[str, dict[str, float]] = {}
        for execution in executions:
            at = datetime.fromisoformat(execution["createdAt"]).timestamp()
            created.setdefault(execution["userReference"], {}).setdefault(
                execution["accountId"], at
            )
        for times in created.values():
            assert all(b - a >= LEASE_SECONDS for a, b in pairwise(sorted(times.values())))

    def _states_move_forward_and_end_as_jumio_says(self, kept: Items, executions: Items) -> None:
        opened = {e["customerInternalReference"]: e for e in executions}
        for item in of_kind(kept, "EXECUTION#"):
            reference = item["sk"].removeprefix("EXECUTION#")
            state = State(item["state"])
            assert item["rank"] == state.rank >= self.ranks.get(reference, 0)
            self.ranks[reference] = state.rank
            if state.final and "decision" in item:
                execution = opened[reference]
                assert state is TRUTH[execution["status"], execution["decision"]["type"]]
                assert self.finals.setdefault(reference, item["decision"]) == item["decision"]

    def _tokens_are_kept_only_where_they_can_be_used(self, kept: Items) -> None:
        progress = {(item["pk"], item["sk"][8:]): item for item in of_kind(kept, "JOURNEY#")}
        for item in kept:
            has_token = "token" in item or "href" in item
            assert has_token == item["sk"].startswith("SESSION#")
            if has_token:
                journey = progress[item["pk"], item["sk"][8:]]
                assert journey["reference"] == item["reference"]
                assert State(journey["state"]).rank < State.PROCESSING.rank

    def _an_approval_is_never_taken_back(self, kept: Items) -> None:
        assert approved(kept, "EXECUTION#") == approved(kept, "JOURNEY#")

    def _every_event_has_one_id_and_tells_the_truth(self, kept: Items) -> None:
        ids: dict[str, str] = {}
        states = {item["sk"][10:]: item["state"] for item in of_kind(kept, "EXECUTION#")}
        for event in self.events.details:
            reference = event["data"]["executionId"]
            assert ids.setdefault(reference, event["id"]) == event["id"]
            assert event["data"]["status"] == states[reference]

    def teardown(self) -> None:
        """Left alone, with every callback lost, all executions end and all outcomes are told."""
        if not hasattr(self, "bff"):
            return
        assert abs(simulator.admin.clock()["now"] - self.clock.now) < 1
        for _ in range(8):
            self.time_passes(3700)
            self.the_sweeper_runs()
        kept = self.bff.plain_items()
        told = {event["data"]["executionId"] for event in self.events.details}
        for item in of_kind(kept, "EXECUTION#"):
            assert State(item["state"]).final
            assert "due" not in item
            assert item["sk"][10:] in told | self.given_up
        assert not of_kind(kept, "SESSION#")


def of_kind(kept: Items, prefix: str) -> Items:
    return [item for item in kept if item["sk"].startswith(prefix)]


def approved(kept: Items, prefix: str) -> set[str]:
    return {item["pk"] for item in of_kind(kept, prefix) if item["state"] == State.APPROVED}


class InvariantsWithData(Invariants):
    """The same for a verification that wants to be told of the person first."""

    step = WITH_DATA
    given: ClassVar[dict[str, object]] = {"applicant": {"email": "ada@people.example"}}


for machine in (Invariants, InvariantsWithData):
    machine.TestCase.settings = settings(
        max_examples=20,
        stateful_step_count=25,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
TestInvariants = Invariants.TestCase
TestInvariantsWithData = InvariantsWithData.TestCase
