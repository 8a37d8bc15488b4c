"""One world for all inputs of a module, and a place of its own for each of them."""

from collections.abc import Iterator

import pytest

from tests.world.around import Place, Surroundings, surroundings


@pytest.fixture(scope="module")
def around() -> Iterator[Surroundings]:
    with surroundings() as found:
        yield found


@pytest.fixture
def place(around: Surroundings) -> Iterator[Place]:
    with around.place() as found:
        yield found
