"""HTTP as API Gateway speaks it (HTTP API, payload format 2.0)."""

from verification.gateway.handling import answering
from verification.gateway.request import Request
from verification.gateway.response import respond

__all__ = ["Request", "answering", "respond"]
