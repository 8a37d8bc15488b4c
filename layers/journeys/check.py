"""Check the journey documents here or in another folder, or write the schema for editors."""

import json
import re
import sys
from pathlib import Path

from verification.domain.errors import Misconfigured
from verification.domain.journeys import Journeys, load_journeys
from verification.domain.locales import LISTED

FOLDER = Path(__file__).parent
SCHEMA = FOLDER / "journeys.schema.json"
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")  # as the parameter Journeys allows it


_TYPES = {
    "ID": {"ID_CARD", "DRIVING_LICENSE", "PASSPORT", "VISA"},
    "FACEMAP": {"IPROOV_STANDARD", "IPROOV_PREMIUM", "JUMIO_STANDARD"},
}


def complaints(folder: Path = FOLDER) -> list[str]:
    """What is wrong with the documents, as file, path and reason."""
    found = []
    for path in sorted(set(folder.glob("*.json")) - {SCHEMA}):
        if not NAME.fullmatch(path.stem):
            found.append(f"{path.name}: a name is small letters, digits and -, at most 40")
        try:
            load_journeys(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            found.append(f"{path.name}: not UTF-8")
        except Misconfigured as problem:
            lines = problem.setting.removeprefix("JOURNEYS: ").splitlines()
            found += [f"{path.name}: {line}" for line in lines]
    return found


def doubts(folder: Path = FOLDER) -> list[str]:
    """What Jumio may refuse: words that its documentation did not have when this was written."""
    found = []
    for path in sorted(set(folder.glob("*.json")) - {SCHEMA}):
        for journey in load_journeys(path.read_text()).journeys:
            for step in journey.steps:
                where = f"{path.name}: {journey.name}.{step.name}"
                if step.locale and step.locale not in LISTED:
                    found.append(f"{where}: locale {step.locale} is none that Jumio lists")
                for preset in step.credentials:
                    words = set(preset.type.values if preset.type else [])
                    unlisted = sorted(words - _TYPES.get(preset.category, words))
                    found += [f"{where}: type {one} is none that Jumio lists" for one in unlisted]
    return found


def schema() -> str:
    """JSON Schema of a document, from the model that reads it."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps({**dialect, **Journeys.model_json_schema(by_alias=True)}, indent=2) + "\n"


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    folder = FOLDER
    if arguments == ["--write-schema"]:
        SCHEMA.write_text(schema())
    elif arguments:
        folder = Path(arguments[0])
    found = complaints(folder)
    for line in found or doubts(folder):
        sys.stderr.write(f"journeys: {line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
