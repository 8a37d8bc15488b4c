"""Signing in as an app does in production: the code flow with PKCE, at the user pool's own page.

MiniStack serves that page at its own address; at AWS it is the stack's output SignInUrl.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

SCOPES = "openid verification/start"
_SECONDS = 35


def sign_in(facts: dict[str, Any], email: str, password: str) -> dict[str, Any]:
    """What the pool's token endpoint gives a person's app: access_token, id_token and so on.

    `facts` are a stack's: `aws_endpoint`, `outputs`, and the `page` to which people come back.
    Raises httpx.HTTPError if they are not let in.
    """
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    digest = hashlib.sha256(verifier.encode()).digest()
    app = {"client_id": facts["outputs"]["UserPoolClientId"], "redirect_uri": facts["page"]}
    asked = {
        **app,
        "response_type": "code",
        "scope": SCOPES,
        "state": state,
        "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    endpoint = facts["aws_endpoint"]
    with httpx.Client(base_url=endpoint, timeout=_SECONDS, trust_env=False) as browser:
        browser.get("/oauth2/authorize", params=asked).raise_for_status()
        form = asked | {"username": email, "password": password}
        back = _come_back(browser.post("/login", data=form), facts["page"], state)
        redeemed = {"grant_type": "authorization_code", "code": back, "code_verifier": verifier}
        answer = browser.post("/oauth2/token", data=app | redeemed)
    answer.raise_for_status()
    return dict(answer.json())


def _come_back(answer: httpx.Response, page: str, state: str) -> str:
    """The code in the address to which the browser is sent."""
    address = str(answer.headers.get("Location", ""))
    said = parse_qs(urlsplit(address).query)
    if not address.startswith(f"{page}?") or said.get("state") != [state] or "code" not in said:
        raise httpx.HTTPError(f"not signed in: {answer.status_code}")
    return said["code"][0]
