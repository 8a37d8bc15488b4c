"""What somebody says, as one of our models; what is wrong with it, field by field."""

from pydantic import BaseModel, ValidationError

from verification.domain.errors import InvalidRequest


def validated[Model: BaseModel](model: type[Model], value: object) -> Model:
    """The value as a model; raises InvalidRequest that names each field that is wrong."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        raise InvalidRequest(
            "The request is not valid.",
            fields=[
                {"field": ".".join(map(str, problem["loc"])) or "body", "reason": problem["msg"]}
                for problem in problems[:20]
            ],
        ) from None
