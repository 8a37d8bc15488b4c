"""What an app's access token says."""

import json
from base64 import urlsafe_b64decode
from typing import Any

from local.demo.frontend import Frontend


def claims(frontend: Frontend) -> dict[str, Any]:
    """The claims of the token that the app uses."""
    return decoded(frontend._token)


def decoded(token: str) -> dict[str, Any]:
    """The claims of a token, unchecked."""
    payload = token.split(".")[1]
    said: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return said
