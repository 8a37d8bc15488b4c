"""Files that documents name, and links between them, lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.support.template import ROOT

DOCUMENTS = [
    path
    for pattern in ("*.md", "docs/**/*.md", "*/README.md", "tests/*/README.md")
    for path in sorted(ROOT.glob(pattern))
]
TOP = "|".join(
    sorted(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != ".")
)
PLACES = re.compile(rf"`((?:{TOP})/[\w./-]+)`")
LINKS = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_is_there(path: Path) -> None:
    text = path.read_text()
    assert [name for name in PLACES.findall(text) if not _known(name, path)] == []
    assert [link for link in LINKS.findall(text) if not (path.parent / link).exists()] == []


def _known(name: str, document: Path) -> bool:
    """Whether it is there, seen from the top or from the document, with or without its ending."""
    return any(
        list(place.glob(name + ending))
        for place in (ROOT, document.parent)
        for ending in ("", ".*")
    )


def test_the_documents_are_found() -> None:
    assert len(DOCUMENTS) > 15
    assert sum(len(PLACES.findall(path.read_text())) for path in DOCUMENTS) > 50
