"""What every handler reads of a request: the simulator it is for, and a JSON object."""

import json
from typing import Any

from starlette.requests import Request

from jumio_simulator.wire.problems import ProblemError
from jumio_simulator.wire.simulation import Simulation
from jumio_simulator.world.world import World


def simulation_of(request: Request) -> Simulation:
    simulation: Simulation = request.app.state.simulation
    return simulation


def world_of(request: Request) -> World:
    return simulation_of(request).world


async def json_object(request: Request) -> dict[str, Any]:
    """The request's JSON object, {} for an empty body; 400 for anything else."""
    raw = await request.body()
    try:
        value = json.loads(raw or b"{}")
    except ValueError as error:
        raise ProblemError(400, "The body is not valid JSON") from error
    if not isinstance(value, dict):
        raise ProblemError(400, "The body is not a JSON object")
    return value
