"""The simulated person in front of the hosted page of the Jumio simulator."""

from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx

_STEPS = ("/web/client/start", "/web/client/document", "/web/client/capture")
_FINISH = "/web/client/finish"
_PATIENCE = 20


class HostedPage:
    """The page behind an href, as far as pressing its buttons goes."""

    def __init__(self, href: str) -> None:
        self._http = httpx.Client(timeout=35, follow_redirects=True, trust_env=False)
        self._page = self._http.get(href)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def go_through(self) -> list[str]:
        """Start, choose a document, take the pictures; returns the steps that were taken."""
        taken = []
        for _ in range(_PATIENCE):
            forms = self._forms()
            step = next((step for step in _STEPS if step in forms), None)
            if step is None:
                break
            self._page = self._http.post(urljoin(str(self._page.url), step), data=forms[step])
            self._page.raise_for_status()
            taken.append(step.rpartition("/")[2])
        return taken

    def finish(self, scenario: str) -> str:
        """Be done, with the result that the scenario names; returns where the browser is sent."""
        fields = self._forms()[_FINISH] | {"scenario": scenario}
        answer = self._http.post(
            urljoin(str(self._page.url), _FINISH), data=fields, follow_redirects=False
        )
        return str(answer.headers.get("Location", ""))

    def _forms(self) -> dict[str, dict[str, str]]:
        parser = _Forms()
        parser.feed(self._page.text)
        return parser.forms


class _Forms(HTMLParser):
    """The fields of every form by its action, as a browser would send them untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._form: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = self.forms.setdefault(attributes.get("action", ""), {})
        chosen = attributes.get("type") != "radio" or "checked" in attributes
        if tag == "input" and "name" in attributes and chosen:
            self._form[attributes["name"]] = attributes.get("value", "")
