"""Feedback: what the customer found out about an execution after its decision."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, ValidationError, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jumio_simulator.api.checks import admit_retrieval
from jumio_simulator.wire.problems import ProblemError, first_complaint
from jumio_simulator.wire.requests import json_object, world_of
from jumio_simulator.world.lifecycle import give_feedback


class Feedback(BaseModel):
    """As on Jumio's page "Provide Feedback"; its list of reasons was not to be found."""

    status: Literal["FRAUD", "NOT_FRAUD"]
    reason: Annotated[str, Field(min_length=1, max_length=255)] | None = None

    @model_validator(mode="after")
    def _check_reason(self) -> Self:
        if self.status == "FRAUD" and self.reason is None:
            raise ValueError("a reason is required for FRAUD")
        return self


async def put_feedback(request: Request) -> Response:
    """200 with what was noted; it decides later data checks of the same person's document."""
    admit_retrieval(request)
    try:
        feedback = Feedback.model_validate(await json_object(request))
    except ValidationError as error:
        raise ProblemError(400, first_complaint(error)) from error
    world = world_of(request)
    execution = world.execution(request.path_params["account"], request.path_params["execution"])
    if execution is None or execution.deleted:
        raise ProblemError(404, "Workflow execution not found")
    if execution.status != "PROCESSED":
        raise ProblemError(400, "Workflow execution is not processed")
    give_feedback(world, execution, feedback.status, feedback.reason)
    return JSONResponse(execution.feedback)


# The method and the body are documented; the path was not to be found.
ROUTES = [
    Route(
        "/api/v1/accounts/{account}/workflow-executions/{execution}/feedback",
        put_feedback,
        methods=["PUT"],
        name="feedback",
    )
]
