"""The JSON that creating and updating an account answers."""

from urllib.parse import quote

from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.model import Credential, Execution, Json
from jumio_simulator.world.world import World


def account_answer(world: World, execution: Execution) -> Json:
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


def web_href(world: World, execution: Execution) -> str:
    """The web client's address, in the current form or in that of 2021 to 2023."""
    tail = f"authorizationToken={execution.web_token}&locale={execution.locale}"
    if world.options.web_href_form == "v4":
        return f"{world.base_url}/web/v4/app?{tail}"
    backend = quote(f"{world.base_url}/websdk/v4/api", safe="")
    return f"{world.base_url}/web/client?baseUrl={backend}&{tail}"


def _listed(world: World, execution: Execution, credential: Credential) -> Json:
    listed: Json = {"id": credential.id, "category": credential.category}
    for name in ("label", "country", "type"):
        value = getattr(credential, name)
        if value is not None:
            listed[name] = value
    listed["allowedChannels"] = credential.channels
    if "API" in credential.channels:
        listed["api"] = api_block(world, execution, credential)
    return listed


def api_block(world: World, execution: Execution, credential: Credential) -> Json:
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
