"""The life of a workflow execution, one function per event.

INITIATED -> ACQUISITION_STARTED -> ACQUIRED -> PROCESSED, or TOKEN_EXPIRED when it was not
started in time, or SESSION_EXPIRED when it was started and then left idle.
"""

from jumio_simulator.world.decide import decide, expired_outcome
from jumio_simulator.world.model import Account, Credential, Execution, Part
from jumio_simulator.world.options import ExpiredStatus
from jumio_simulator.world.scenarios import Scenario, named_scenario
from jumio_simulator.world.workflows import find_workflow
from jumio_simulator.world.world import World


def scenario_of(execution: Execution) -> Scenario:
    return named_scenario(execution.scenario)


def open_execution(world: World, execution: Execution) -> None:
    """Take a new execution into the world: its expiry runs, and its scenario if it has one."""
    world.executions[execution.id] = execution
    world.by_token[execution.token] = execution
    world.by_token[execution.web_token] = execution
    world.agenda.at(execution.expires_at, lambda when: _expire_token(world, execution, when))
    schedule_person(world, execution)


def schedule_person(world: World, execution: Execution) -> None:
    """Let the person of a scenario that plays by itself act, some seconds from now.

    Data-only executions have no person: the caller submits the data.
    """
    workflow = find_workflow(execution.definition_key, world.options)
    acts = scenario_of(execution).acts
    if acts in {"waits", "never starts"} or (workflow and workflow.data_only):
        return
    begin = world.clock.now() + world.options.person_starts_after_seconds
    world.agenda.at(begin, lambda when: start(world, execution, when))
    if acts == "finishes":
        end = begin + world.options.person_takes_seconds
        world.agenda.at(end, lambda when: finish(world, execution, when))


def start(world: World, execution: Execution, when: float) -> None:
    """The person begins; from now on only idleness ends the session."""
    if execution.status != "INITIATED":
        return
    execution.status = "ACQUISITION_STARTED"
    execution.acquisition_started_at = when
    world.on_status(execution, when)
    touch(world, execution, when)


def touch(world: World, execution: Execution, when: float) -> None:
    """Activity: the idle time starts again."""
    execution.last_activity_at = when
    idle = world.options.idle_seconds
    world.agenda.at(when + idle, lambda due: _expire_session(world, execution, due))


def capture(world: World, execution: Execution, credential: Credential, when: float) -> None:
    """The person captures everything this credential wants."""
    _fill(credential)
    execution.last_captured = credential
    touch(world, execution, when)


def _capture_missing(execution: Execution) -> None:
    for credential in execution.credentials:
        if credential.category != "DATA":
            _fill(credential)
            execution.last_captured = credential


def _fill(credential: Credential) -> None:
    """Every picture the credential wants; a face scan brings some stills along, as captured."""
    stills = ["LIVENESS_1", "LIVENESS_2", "LIVENESS_3"] if credential.category == "FACEMAP" else []
    for classifier in credential.wanted + stills:
        credential.parts.setdefault(classifier, Part(classifier))


def finish(world: World, execution: Execution, when: float) -> None:
    """The person captured everything and is done; does nothing once the execution ended."""
    start(world, execution, when)
    if execution.status != "ACQUISITION_STARTED":
        return
    _capture_missing(execution)
    acquire(world, execution, when)


def acquire(world: World, execution: Execution, when: float) -> None:
    """The acquisition ends and processing begins, for as long as the workflow usually takes."""
    execution.status = "ACQUIRED"
    execution.started_at = when
    world.on_status(execution, when)
    seconds = world.options.processing_seconds
    if seconds is None:
        seconds = execution.processing_seconds
    world.agenda.at(when + seconds, lambda due: process(world, execution, due))
    if seconds == 0:
        world.catch_up()


def process(world: World, execution: Execution, when: float) -> None:
    """The result is there, and the callback goes out."""
    if execution.status != "ACQUIRED":
        return
    scenario = scenario_of(execution)
    said = (execution.account_id, execution.user_reference or "")
    feedback = next((world.feedback[one] for one in said if one in world.feedback), None)
    execution.outcome = decide(execution, scenario, world.options, feedback)
    execution.unreadable_reads = max(world.options.unreadable_reads, scenario.unreadable_reads)
    execution.unreadable_until = when + world.options.unreadable_seconds
    _end(world, execution, "PROCESSED", when)


def expire(world: World, execution: Execution, when: float) -> None:
    """End an open execution as if its time had run out."""
    if execution.status == "INITIATED":
        _end_expired(world, execution, "TOKEN_EXPIRED", when)
    elif execution.status == "ACQUISITION_STARTED":
        _end_expired(world, execution, "SESSION_EXPIRED", when)


def _expire_token(world: World, execution: Execution, when: float) -> None:
    if execution.status == "INITIATED":
        _end_expired(world, execution, "TOKEN_EXPIRED", when)


def _expire_session(world: World, execution: Execution, when: float) -> None:
    idle_since = when - world.options.idle_seconds
    if execution.status == "ACQUISITION_STARTED" and execution.last_activity_at <= idle_since:
        _end_expired(world, execution, "SESSION_EXPIRED", when)


def _end_expired(world: World, execution: Execution, status: ExpiredStatus, when: float) -> None:
    execution.outcome = expired_outcome(execution, status, world.options)
    _end(world, execution, status, when)


def _end(world: World, execution: Execution, status: str, when: float) -> None:
    execution.status = status
    execution.completed_at = when
    wipe_after = world.options.wipe_after_seconds
    if wipe_after is not None:
        world.agenda.at(when + wipe_after, lambda due: wipe(execution, due))
    world.on_status(execution, when)


def wipe(execution: Execution, when: float) -> None:
    """Remove what the tenant no longer keeps: pictures, submitted data, findings."""
    execution.wiped_at = when
    for credential in execution.credentials:
        credential.parts.clear()
    if execution.outcome is not None:
        execution.outcome.findings = {}


def delete(execution: Execution, when: float) -> None:
    """Remove an execution: nothing of it is kept but, perhaps, its decision."""
    execution.deleted = True
    wipe(execution, when)


def delete_account(world: World, account: Account, when: float) -> None:
    """Remove an account and all its executions."""
    for execution_id in account.execution_ids:
        delete(world.executions[execution_id], when)
    account.deleted = True


def delete_biometrics(execution: Execution) -> None:
    """Remove what faces are compared with; the pictures and the result stay."""
    for credential in execution.credentials:
        if credential.category == "FACEMAP":
            credential.parts.pop("FACEMAP", None)


def give_feedback(world: World, execution: Execution, status: str, reason: str | None) -> None:
    """Note what the customer found out, for the later executions of the same person.

    Jumio knows the person by the document. Here everybody shows the same one, so that the account
    and the user reference stand for it.
    """
    execution.feedback = {"status": status} | ({"reason": reason} if reason else {})
    if any(one.category == "ID" for one in execution.credentials):
        for person in filter(None, (execution.account_id, execution.user_reference)):
            world.feedback[person] = status


def liveness_on_file(world: World, account: Account) -> bool:
    """Whether a face of this account passed a liveness check and is still there."""
    outcomes = [world.executions[one].outcome for one in account.execution_ids]
    return any(
        finding.verdict.type == "PASSED" and any("FACEMAP" in one.parts for one in finding.subjects)
        for outcome in outcomes
        if outcome is not None
        for finding in outcome.findings.get("liveness", [])
    )


def play(world: World, execution: Execution, scenario: Scenario, *, to_end: bool) -> None:
    """Let the person live through the scenario now; with `to_end`, skip every waiting time."""
    now = world.clock.now()
    execution.scenario = scenario.name
    execution.played = True
    if execution.terminal:
        return
    if scenario.acts == "abandons":
        start(world, execution, now)
    if scenario.acts == "finishes":
        finish(world, execution, now)
        if to_end:
            process(world, execution, now)
    elif scenario.acts != "waits" and to_end:
        expire(world, execution, now)
