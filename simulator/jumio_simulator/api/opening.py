"""Opening a workflow execution for a checked request."""

from dataclasses import replace

from jumio_simulator.api.account_request import AccountRequest, lifetime_seconds
from jumio_simulator.wire.problems import ProblemError
from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.lifecycle import acquire, expire, liveness_on_file, open_execution
from jumio_simulator.world.model import Account, Credential, Execution, new_id
from jumio_simulator.world.workflows import CHANNELS, PARTS, Workflow, find_workflow
from jumio_simulator.world.world import World


def check_against_tenant(
    world: World, request: AccountRequest, account: Account | None
) -> Workflow:
    """The workflow asked for; `ProblemError` 400 where the request does not fit it."""
    workflow = find_workflow(str(request.workflowDefinition.key), world.options)
    if workflow is None:
        raise ProblemError(400, "workflowDefinition.key: unknown or not enabled")
    if workflow.needs_user_reference and request.userReference is None:
        raise ProblemError(400, "userReference: required for this workflow")
    if workflow.update_only and account is None:
        raise ProblemError(400, "workflowDefinition.key: needs an existing account")
    if (
        workflow.authenticates
        and world.options.require_liveness
        and not (account and liveness_on_file(world, account))
    ):
        raise ProblemError(400, "workflowDefinition.key: no liveness check of this account passed")
    if world.options.require_consent and workflow.biometric and request.userConsent is None:
        raise ProblemError(400, "userConsent: required for biometric workflows")
    return workflow


def new_execution(
    world: World, request: AccountRequest, workflow: Workflow, account: Account
) -> Execution:
    """A new execution on the account, its token minted and its clock running."""
    options = world.options
    now = world.clock.now()
    if options.update_ends_previous:
        for execution_id in account.execution_ids:
            expire(world, world.executions[execution_id], now)
    lifetime = lifetime_seconds(request.tokenLifetime or options.default_token_lifetime)
    web = request.web
    consent = request.userConsent
    execution = Execution(
        id=new_id(),
        account_id=account.id,
        definition_key=workflow.key,
        customer_internal_reference=request.customerInternalReference,
        user_reference=request.userReference,
        reporting_criteria=request.reportingCriteria,
        callback_url=request.callbackUrl,
        success_url=(web and web.successUrl) or options.default_success_url,
        error_url=(web and web.errorUrl) or options.default_error_url,
        locale=(web and web.locale) or "en-US",
        consent=None if consent is None else consent.model_dump(exclude_none=True),
        created_at=now,
        expires_at=now + lifetime,
        credentials=_credentials(world, request, workflow, account),
        scenario=world.scenarios.choose(request.userReference, request.customerInternalReference),
        processing_seconds=workflow.processing_seconds,
    )
    offered = set(workflow.channels) & set(options.tenant_channels)
    execution.offers_web = not workflow.data_only and "WEB" in offered
    execution.offers_sdk = not workflow.data_only and "SDK" in offered
    _mint_tokens(world, execution)
    account.execution_ids.append(execution.id)
    open_execution(world, execution)
    if all(item.uploaded for item in execution.credentials):
        acquire(world, execution, now)  # everything is reused: the workflow finalizes itself
    return execution


def _mint_tokens(world: World, execution: Execution) -> None:
    claims = {
        "exAt": None,
        "accId": execution.account_id,
        "aId": execution.id,
        "wfeId": execution.id,
        "cRef": execution.customer_internal_reference,
        "cId": world.tenant_id,
    }

    def token(expires_at: float) -> str:
        shown = {
            "milliseconds": str(int(expires_at * 1000)),
            "seconds": str(int(expires_at)),
            "microseconds": str(int(expires_at * 1_000_000)),
            "iso8601": timestamp(expires_at),
            "number": int(expires_at * 1000),
            "absent": None,
        }[world.options.exat_form]
        told = claims | {"exAt": shown}
        return world.mint.transaction_token({n: v for n, v in told.items() if v is not None})

    execution.token = execution.web_token = token(execution.expires_at)
    if world.options.web_token == "separate":
        # One second less, so that the two strings differ in what they say, not only in form.
        execution.web_token = token(execution.expires_at - 1)


def _credentials(
    world: World, request: AccountRequest, workflow: Workflow, account: Account
) -> list[Credential]:
    """Every credential the workflow takes, with the request's presets; reused ones as they are."""
    presets = {str(item.category): item for item in request.workflowDefinition.credentials}
    offered = [one for one in workflow.channels if one in world.options.tenant_channels]
    credentials = [
        _reused(world, account, category, presets[category].id if category in presets else None)
        for category in workflow.on_file
    ]
    credentials += [
        Credential(id=new_id(), category=category, channels=["API"], wanted=list(PARTS[category]))
        for category in workflow.supplied
    ]
    for category in workflow.credentials:
        preset = presets.get(category)
        if preset is not None and preset.id is not None:
            credentials.append(_reused(world, account, category, preset.id))
            continue
        credential = Credential(
            id=new_id(),
            category=category,
            channels=[one for one in CHANNELS[category] if one in offered],
            wanted=list(PARTS[category]),
        )
        if preset is not None:
            credential.label = preset.label
            credential.country = preset.country.model_dump() if preset.country else None
            credential.type = preset.type.model_dump() if preset.type else None
        credentials.append(credential)
    return credentials


def _reused(world: World, account: Account, category: str, wanted_id: str | None) -> Credential:
    """A credential of an earlier execution whose usability passed: the one named, or the newest.

    It is captured through no channel any more.
    """
    for execution_id in reversed(account.execution_ids):
        execution = world.executions[execution_id]
        findings = execution.outcome.findings.get("usability", []) if execution.outcome else []
        for finding in findings:
            credential = finding.subjects[0]
            if wanted_id not in {None, credential.id} or credential.category != category:
                continue
            if finding.verdict.type == "PASSED" and credential.uploaded:
                return replace(credential, channels=[])
    if wanted_id is None:
        raise ProblemError(400, f"workflowDefinition.key: no {category} on file")
    raise ProblemError(400, "workflowDefinition.credentials.id: cannot be reused")
