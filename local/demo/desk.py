"""What the demo page asks of the demo, and never of the product.

It stands for a customer's identity provider, whose session outlives a page and gives it access
tokens (so that the page keeps none), and it has what no customer has: new people at a click, and a
say in what comes of them.
"""

import json
import secrets
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jumio_simulator.admin.client import AdminClient
from local.cloud.aws import LocalAws
from local.demo import claims, people
from local.demo.people import Person

_USUAL = "interactive"


class Desk:
    """Who is signed in where, by an opaque cookie; and the people and scenarios to choose from."""

    def __init__(self) -> None:
        self._known: dict[str, Person] = {}
        self._sessions: dict[str, str] = {}
        self._tells_email = False
        self.routes = [
            Route("/demo/session", self._session, methods=["GET"]),
            Route("/demo/session", self._sign_in, methods=["POST"]),
            Route("/demo/session", self._sign_out, methods=["DELETE"]),
            Route("/demo/people", self._people, methods=["GET"]),
            Route("/demo/people", self._new_person, methods=["POST"]),
            Route("/demo/people/{username}", self._start_over, methods=["PUT"]),
            Route("/demo/scenario", self._scenarios, methods=["GET"]),
            Route("/demo/scenario", self._choose, methods=["PUT"]),
        ]

    def open(self, aws: LocalAws, facts: dict[str, Any], count: int) -> None:
        """From now on there is somebody to sign in: so many people."""
        self._aws, self._cognito = aws, aws.cognito
        self._facts, self._outputs = facts, facts["outputs"]
        self._simulator = AdminClient(facts["simulator"])
        self._known = {person.username: person for person in people.several(count)}

    async def _session(self, request: Request) -> Response:
        """Who is signed in, with a fresh access token; null for nobody.

        `?with=email` gives tokens that say the e-mail address, as an identity provider does for a
        scope. From then on all do, and every sign-in takes a tenth of a second longer.
        """
        if request.query_params.get("with") == "email" and not self._tells_email:
            self._tells_email = True
            await run_in_threadpool(claims.add_email, self._aws, self._outputs)
        person = self._known.get(self._sessions.get(request.cookies.get(_cookie(request), ""), ""))
        if person is None:
            return JSONResponse({"person": None, "token": None})
        return await self._signed_in(person)

    async def _sign_in(self, request: Request) -> Response:
        person = self._known.get(str((await _body(request)).get("username")))
        if person is None:
            raise HTTPException(404)
        response = await self._signed_in(person)
        session = secrets.token_urlsafe(24)
        self._sessions[session] = person.username
        # Strict: it is for the page's own questions, not for whoever leads people here.
        response.set_cookie(
            _cookie(request), session, path="/demo", httponly=True, samesite="strict"
        )
        return response

    async def _sign_out(self, request: Request) -> Response:
        self._sessions.pop(request.cookies.get(_cookie(request), ""), None)
        response = Response(status_code=204)
        response.delete_cookie(_cookie(request), path="/demo")
        return response

    async def _signed_in(self, person: Person) -> Response:
        token = await run_in_threadpool(people.access_token, self._facts, person)
        return JSONResponse({"person": _named(person), "token": token})

    async def _people(self, _: Request) -> Response:
        return JSONResponse({"people": [_named(person) for person in self._known.values()]})

    async def _new_person(self, request: Request) -> Response:
        await _body(request)
        person = people.several(len(self._known) + 1)[-1]
        await run_in_threadpool(people.add, self._cognito, self._outputs["UserPoolId"], person)
        self._known[person.username] = person
        return JSONResponse(_named(person), 201)

    async def _start_over(self, request: Request) -> Response:
        """A stranger of the same name: the product knows people by what the pool calls them."""
        await _body(request)
        person = self._known.get(request.path_params["username"])
        if person is None:
            raise HTTPException(404)
        pool = self._outputs["UserPoolId"]
        await run_in_threadpool(people.replace, self._cognito, pool, person)
        await run_in_threadpool(self._simulator.set_scenario, _USUAL, default=True)
        return JSONResponse(_named(person))

    async def _scenarios(self, _: Request) -> Response:
        told = await run_in_threadpool(self._simulator.scenarios)
        offered = [{"name": one["name"], "does": one["description"]} for one in told["scenarios"]]
        return JSONResponse({"chosen": told["default"], "scenarios": offered})

    async def _choose(self, request: Request) -> Response:
        name = str((await _body(request)).get("name"))
        await run_in_threadpool(self._simulator.set_scenario, name, default=True)
        return Response(status_code=204)


def _cookie(request: Request) -> str:
    """Cookies do not know ports, and several stacks may be up on one machine."""
    return f"demo-{request.url.port}"


def _named(person: Person) -> dict[str, str]:
    return {"name": person.name, "username": person.username}


async def _body(request: Request) -> dict[str, Any]:
    """The JSON object of a request; a form on somebody else's page cannot send one."""
    if request.headers.get("content-type") != "application/json":
        raise HTTPException(415)
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise HTTPException(400) from None
    return body if isinstance(body, dict) else {}
