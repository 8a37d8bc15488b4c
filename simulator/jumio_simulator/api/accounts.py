"""Opening a workflow execution for a checked request, and the answer that describes it."""

from typing import TYPE_CHECKING
from urllib.parse import quote

from jumio_simulator.api.account_request import AccountRequest, CredentialRequest, lifetime_seconds
from jumio_simulator.api.problems import ProblemError
from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.lifecycle import acquire, expire, open_execution
from jumio_simulator.world.model import Account, Credential, Execution, Json, new_id
from jumio_simulator.world.workflows import CHANNELS, PARTS, Workflow, find_workflow

if TYPE_CHECKING:
    from jumio_simulator.world.world import World


def check_against_tenant(
    world: "World", request: AccountRequest, account: Account | None
) -> Workflow:
    """The workflow asked for; `ProblemError` 400 where the request does not fit it."""
    workflow = find_workflow(str(request.workflowDefinition.key), world.options)
    if workflow is None:
        raise ProblemError(400, "workflowDefinition.key: unknown or not enabled")
    if workflow.needs_user_reference and request.userReference is None:
        raise ProblemError(400, "userReference: required for this workflow")
    if workflow.update_only and account is None:
        raise ProblemError(400, "workflowDefinition.key: needs an existing account")
    if world.options.require_consent and workflow.biometric and request.userConsent is None:
        raise ProblemError(400, "userConsent: required for biometric workflows")
    return workflow


def new_execution(
    world: "World", request: AccountRequest, workflow: Workflow, account: Account
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


def _mint_tokens(world: "World", execution: Execution) -> None:
    claims = {
        "exAt": str(int(execution.expires_at * 1000)),
        "accId": execution.account_id,
        "aId": execution.id,
        "wfeId": execution.id,
        "cRef": execution.customer_internal_reference,
        "cId": world.tenant_id,
    }
    execution.token = world.mint.transaction_token(claims)
    execution.web_token = execution.token
    if world.options.web_token == "separate":
        # One second less, so that the two strings differ in what they say, not only in form.
        earlier = str(int(execution.expires_at * 1000) - 1000)
        execution.web_token = world.mint.transaction_token(claims | {"exAt": earlier})


def _credentials(
    world: "World", request: AccountRequest, workflow: Workflow, account: Account
) -> list[Credential]:
    """Every credential the workflow takes, with the request's presets; reused ones as they are."""
    presets = {str(item.category): item for item in request.workflowDefinition.credentials}
    offered = [one for one in workflow.channels if one in world.options.tenant_channels]
    credentials = []
    for category in workflow.credentials:
        preset = presets.get(category)
        if preset is not None and preset.id is not None:
            credentials.append(_reused(world, account, preset))
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


def _reused(world: "World", account: Account, preset: CredentialRequest) -> Credential:
    """A credential of an earlier execution of the account whose usability passed."""
    for execution_id in account.execution_ids:
        execution = world.executions[execution_id]
        credential = execution.credential(preset.id or "")
        if credential is None or credential.category != preset.category:
            continue
        items = execution.outcome.capabilities.get("usability", []) if execution.outcome else []
        for item in items:
            same = {"id": credential.id, "category": credential.category} in item["credentials"]
            if same and item["decision"]["type"] == "PASSED" and credential.uploaded:
                return credential
    raise ProblemError(400, "workflowDefinition.credentials.id: cannot be reused")


def account_answer(world: "World", execution: Execution) -> Json:
    """The body that create and update answer."""
    body: Json = {
        "timestamp": timestamp(world.clock.now()),
        "account": {"id": execution.account_id},
    }
    if execution.offers_web:
        web = {
            "href": web_href(world, execution),
            "successUrl": execution.success_url,
            "errorUrl": execution.error_url,
        }
        body["web"] = {name: value for name, value in web.items() if value is not None}
    if execution.offers_sdk:
        body["sdk"] = {"token": execution.token}
    body["workflowExecution"] = {
        "id": execution.id,
        "credentials": [_listed(world, execution, item) for item in execution.credentials],
    }
    return body


def web_href(world: "World", execution: Execution) -> str:
    """The web client's address, in the current form or in that of 2021 to 2023."""
    tail = f"authorizationToken={execution.web_token}&locale={execution.locale}"
    if world.options.web_href_form == "v4":
        return f"{world.base_url}/web/v4/app?{tail}"
    backend = quote(f"{world.base_url}/websdk/v4/api", safe="")
    return f"{world.base_url}/web/client?baseUrl={backend}&{tail}"


def _listed(world: "World", execution: Execution, credential: Credential) -> Json:
    listed: Json = {"id": credential.id, "category": credential.category}
    for name in ("label", "country", "type"):
        value = getattr(credential, name)
        if value is not None:
            listed[name] = value
    listed["allowedChannels"] = credential.channels
    if "API" in credential.channels:
        listed["api"] = api_block(world, execution, credential)
    return listed


def api_block(world: "World", execution: Execution, credential: Credential) -> Json:
    """Where the credential's parts are uploaded and the execution is finalized."""
    own = (
        f"{world.base_url}/api/v1/accounts/{execution.account_id}"
        f"/workflow-executions/{execution.id}"
    )
    parts = {}
    for classifier in credential.wanted:
        href = f"{own}/credentials/{credential.id}/parts"
        if classifier != "DOCUMENT":
            href = f"{href}/{classifier}"
        parts[classifier.lower()] = href
    return {"token": execution.token, "parts": parts, "workflowExecution": own}
