"""HTML pages from the templates beside this module."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)
# The address of a client page carries the token: it must not leak to where its links lead.
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 - template values
    text = _ENVIRONMENT.get_template(template).render(**values)
    return HTMLResponse(text, status, _HEADERS)
