"""HTTP as API Gateway speaks it (HTTP API, payload format 2.0)."""

from verification.edge.http.handling import answering
from verification.edge.http.request import Request
from verification.edge.http.response import respond

__all__ = ["Request", "answering", "respond"]
