"""The list of mutations is about the product as it is: each quotes a place that is there, once."""

import pytest

from tests.exploration.mutations import EQUIVALENT, MUTATIONS, PACKAGE, Mutation
from tests.support.template import ROOT


@pytest.mark.parametrize("one", MUTATIONS, ids=lambda one: one.name)
def test_a_mutation_changes_one_place(one: Mutation) -> None:
    source = (ROOT / PACKAGE / one.file).read_text()
    assert source.count(one.old) == 1
    assert one.new != one.old


def test_what_is_called_equivalent_is_on_the_list() -> None:
    assert set(EQUIVALENT) <= {one.name for one in MUTATIONS}
