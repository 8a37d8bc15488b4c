"""What is kept in DynamoDB, and the only ways in which it changes."""

from verification.store.attempts import Attempt, Claim
from verification.store.breaker import Breaker
from verification.store.erasure import ErasureStore
from verification.store.limiter import Limiter
from verification.store.outcomes import OutcomeStore
from verification.store.people import People
from verification.store.sessions import LeaseLost, SessionStore
from verification.store.table import ConditionFailed, Table

__all__ = [
    "Attempt",
    "Breaker",
    "Claim",
    "ConditionFailed",
    "ErasureStore",
    "LeaseLost",
    "Limiter",
    "OutcomeStore",
    "People",
    "SessionStore",
    "Table",
]
