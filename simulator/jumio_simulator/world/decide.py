"""The result of an execution: findings of its scenario or of its data, as a tree and a decision."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from jumio_simulator.world.data_rules import decide_from_data, impose
from jumio_simulator.world.model import Execution, Json, Outcome
from jumio_simulator.world.scenarios import Scenario
from jumio_simulator.world.verdicts import (
    Verdict,
    capability_tree,
    overall_decision,
    usual_verdict,
    worst_type,
)
from jumio_simulator.world.workflows import Workflow, find_workflow

if TYPE_CHECKING:
    from jumio_simulator.world.world import World


def prepared_data(execution: Execution) -> Json:
    """What was submitted as PREPARED_DATA; {} when nothing was."""
    for credential in execution.credentials:
        part = credential.parts.get("PREPARED_DATA")
        if part is not None:
            data: Json = json.loads(part.content)
            return data
    return {}


def decide(world: "World", execution: Execution, scenario: Scenario, now: float) -> Outcome:
    """What Jumio finds at the end of processing."""
    workflow = find_workflow(execution.definition_key, world.options)
    if workflow is None:
        return Outcome(overall_decision({}, None, world.options), {})
    if "*" in scenario.findings:
        findings = _everywhere(workflow, scenario.findings["*"])
        score: int | None = None
    elif workflow.data_only:
        findings, score = _data_findings(execution, workflow, scenario)
    else:
        findings, score = scenario.findings, scenario.score
    context = _context(world, execution, now)
    tree = capability_tree(workflow, execution.credentials, findings, context)
    if scenario.wanted in {"REJECTED", "WARNING"} and not workflow.data_only:
        tree, score = _made_to_fit(workflow, execution, scenario.wanted, tree, context, score)
    return Outcome(overall_decision(tree, score, world.options), tree)


def _everywhere(workflow: Workflow, verdict: Verdict) -> dict[str, Verdict]:
    return dict.fromkeys(workflow.capabilities, verdict)


def _data_findings(
    execution: Execution, workflow: Workflow, scenario: Scenario
) -> tuple[dict[str, Verdict], int | None]:
    """The data decide, unless the scenario says otherwise or was played by hand."""
    forced = scenario.data or (scenario.wanted if execution.played else None)
    if forced is not None:
        return impose(dict.fromkeys(workflow.capabilities, forced))
    return decide_from_data(workflow, prepared_data(execution))


def _made_to_fit(
    workflow: Workflow,
    execution: Execution,
    wanted: str,
    tree: dict[str, list[Json]],
    context: Json,
    score: int | None,
) -> tuple[dict[str, list[Json]], int | None]:
    """A scenario keeps its promise on every workflow: a workflow that lacks the scenario's
    capability fails in the last one that knows such a decision."""
    if worst_type([item for items in tree.values() for item in items]) == wanted:
        return tree, score
    for capability in reversed(workflow.capabilities):
        verdict = usual_verdict(capability, wanted)
        if verdict is not None:
            return capability_tree(
                workflow, execution.credentials, {capability: verdict}, context
            ), score
    return tree, 100 if wanted == "REJECTED" else 50


def _context(world: "World", execution: Execution, now: float) -> Json:
    facemap = next((one for one in execution.credentials if one.category == "FACEMAP"), None)
    context: Json = {
        "now": now,
        "execution_id": execution.id,
        "prepared_data": prepared_data(execution),
        "search_status": world.options.search_status,
        **(execution.document or {}),
    }
    if facemap is not None:
        context["facemap_href"] = (
            f"{world.base_url}/api/v1/accounts/{execution.account_id}"
            f"/credentials/{facemap.id}/parts/FACEMAP"
        )
    return context


def expired_outcome(world: "World", execution: Execution, status: str, now: float) -> Outcome:
    """An execution that ran out of time, in the documented form or in the captured one."""
    workflow = find_workflow(execution.definition_key, world.options)
    tree: dict[str, list[Json]] = {}
    if workflow is not None:
        bare = [replace(one, parts={}) for one in execution.credentials]
        unexecuted = _everywhere(workflow, Verdict("NOT_EXECUTED", "PRECONDITION_NOT_FULFILLED"))
        unexecuted.pop("usability", None)
        tree = capability_tree(workflow, bare, unexecuted, _context(world, execution, now))
    if world.options.expired_details == "rejected":
        return Outcome(overall_decision(tree, 100, world.options), tree)
    decision = overall_decision(tree, -1, world.options)
    decision["details"]["label"] = status
    return Outcome(decision, tree)
