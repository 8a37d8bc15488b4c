"""The result of an execution: what its scenario or its data make the capabilities find."""

from dataclasses import replace

from jumio_simulator.world.data_rules import decide_from_data, impose
from jumio_simulator.world.model import Execution, Outcome, Verdict
from jumio_simulator.world.options import ExpiredStatus, Options
from jumio_simulator.world.scenarios import Scenario
from jumio_simulator.world.verdicts import (
    PRECONDITION,
    Tree,
    capability_tree,
    overall_outcome,
    passed,
    usual_verdict,
    worst_type,
)
from jumio_simulator.world.workflows import Workflow, find_workflow

# What the customer's feedback on a document makes of the data checks of the next execution.
_FEEDBACK = {"FRAUD": Verdict("REJECTED", "CUSTOMER_FEEDBACK"), "NOT_FRAUD": passed("dataChecks")}


def decide(
    execution: Execution, scenario: Scenario, options: Options, feedback: str | None = None
) -> Outcome:
    """What Jumio finds at the end of processing; `feedback` is FRAUD, NOT_FRAUD or None."""
    workflow = find_workflow(execution.definition_key, options)
    if workflow is None:
        return overall_outcome({}, None, options)
    if "*" in scenario.verdicts:
        verdicts = _everywhere(workflow, scenario.verdicts["*"])
        score: int | None = None
    elif workflow.data_only:
        verdicts, score = _data_verdicts(execution, workflow, scenario)
    else:
        verdicts, score = scenario.verdicts, scenario.score
    if feedback is not None and "dataChecks" in workflow.capabilities:
        verdicts = {**verdicts, "dataChecks": _FEEDBACK[feedback]}
        return overall_outcome(
            capability_tree(workflow, execution.credentials, verdicts), None, options
        )
    tree = capability_tree(workflow, execution.credentials, verdicts)
    if scenario.wanted in {"REJECTED", "WARNING"} and not workflow.data_only:
        tree, score = _made_to_fit(workflow, execution, scenario.wanted, tree, score)
    return overall_outcome(tree, score, options)


def _everywhere(workflow: Workflow, verdict: Verdict) -> dict[str, Verdict]:
    return dict.fromkeys(workflow.capabilities, verdict)


def _data_verdicts(
    execution: Execution, workflow: Workflow, scenario: Scenario
) -> tuple[dict[str, Verdict], int | None]:
    """The data decide, unless the scenario says otherwise or was played by hand."""
    given = {name: one for name, one in scenario.verdicts.items() if name in workflow.capabilities}
    if scenario.exact and given:
        return given, None
    forced = scenario.data or (scenario.wanted if execution.played else None)
    if forced is not None:
        return impose(dict.fromkeys(workflow.capabilities, forced))
    return decide_from_data(workflow, execution.prepared_data)


def _made_to_fit(
    workflow: Workflow, execution: Execution, wanted: str, tree: Tree, score: int | None
) -> tuple[Tree, int | None]:
    """A scenario keeps its promise on every workflow: a workflow that lacks the scenario's
    capability fails in the last one that knows such a decision."""
    if worst_type(item for items in tree.values() for item in items) == wanted:
        return tree, score
    for capability in reversed(workflow.capabilities):
        verdict = usual_verdict(capability, wanted)
        if verdict is not None:
            return capability_tree(workflow, execution.credentials, {capability: verdict}), score
    return tree, 100 if wanted == "REJECTED" else 50


def expired_outcome(execution: Execution, status: ExpiredStatus, options: Options) -> Outcome:
    """An execution that ran out of time, in the documented form or in the captured one.

    Details may not show it: see `Options.expired_details`.
    """
    workflow = find_workflow(execution.definition_key, options)
    tree: Tree = {}
    if workflow is not None:
        bare = [replace(one, parts={}) for one in execution.credentials]
        unexecuted = _everywhere(workflow, PRECONDITION)
        unexecuted.pop("usability", None)
        tree = capability_tree(workflow, bare, unexecuted)
    if options.expired_details.get(status) == "rejected":
        return overall_outcome(tree, 100, options)
    return overall_outcome(tree, -1, options, label=status)
