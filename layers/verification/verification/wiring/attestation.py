"""The adopter's function that judges attestations, for the function that asks it."""

from verification import wiring
from verification.aws.attestation import Attestor
from verification.settings import LimitSettings


def attestor(settings: LimitSettings) -> Attestor | None:
    """Who judges whether an app is genuine; None if the settings name nobody."""
    function = settings.attestation_function
    return Attestor(wiring.aws("lambda"), function) if function else None
