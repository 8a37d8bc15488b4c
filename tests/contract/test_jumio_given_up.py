"""A request that nobody waits for any more must not be sent after all."""

import socket
import threading
from typing import Any

import pytest

from tests.support.jumio import AGENT
from tests.support.servers import answer, http, socket_server
from verification.domain.deadline import Deadline
from verification.jumio.transport import NotSent, Transport


def test_what_was_given_up_is_not_sent_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it could open an account long after its person's lease has ended."""
    resolve, resolved = socket.getaddrinfo, threading.Event()

    def stalls(*args: Any, **named: Any) -> Any:
        resolved.wait(10)
        return resolve(*args, **named)

    with socket_server(answer(http(200))) as server:
        monkeypatch.setattr(socket, "getaddrinfo", stalls)
        with pytest.raises(NotSent):
            Transport(AGENT).send(
                "POST",
                server.url,
                call="open",
                deadline=Deadline(0.3),
                json_body={},
                fresh_connection=True,
            )
        left = [one for one in threading.enumerate() if one.name == "jumio-exchange"]
        assert left
        resolved.set()
        for one in left:
            one.join(10)
        assert server.requests == []
