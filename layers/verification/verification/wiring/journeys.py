"""The journeys of this deployment."""

from importlib import resources

from verification.domain.errors import Misconfigured
from verification.domain.journeys import Journeys, load_journeys
from verification.settings import JourneySettings


def configured_journeys(settings: JourneySettings) -> Journeys:
    """The document that the settings name, from the layer of journeys; raises Misconfigured."""
    name = settings.journeys
    try:
        document = resources.files("journeys").joinpath(f"{name}.json").read_text()
    except (ModuleNotFoundError, FileNotFoundError):
        raise Misconfigured(f"JOURNEYS: there is no document {name}") from None
    return load_journeys(document)
