"""GET /: Jumio's health check for programs, the list of executions for people."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jumio_simulator.admin.admin_executions_routes import execution_state
from jumio_simulator.person.pages import page
from jumio_simulator.wire.requests import world_of
from jumio_simulator.world.scenarios import SCENARIOS


async def root(request: Request) -> Response:
    """`{"status", "details"?}`; `details` lists only what is not up."""
    world = world_of(request)
    if "text/html" in request.headers.get("accept", ""):
        executions = [execution_state(world, one) for one in reversed(world.executions.values())]
        return page(
            "index.html",
            executions=executions,
            scenarios=list(SCENARIOS.values()),
            default=world.scenarios.default,
        )
    affected = dict(world.options.health)
    if not affected:
        return JSONResponse({"status": "UP"})
    overall = "DOWN" if "DOWN" in affected.values() else "DEGRADED"
    return JSONResponse({"status": overall, "details": affected})


ROUTES = [Route("/", root, methods=["GET"], name="health")]
