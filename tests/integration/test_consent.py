"""Whatever is said of consent, Jumio takes what we tell it, or the person is asked first."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from tests.support.bff import Bff
from verification.domain.errors import ConsentRequired

COMBINATIONS = list(
    product(("AT", "US"), (None, "IL"), (None, "yes", "no", "na"), (False, True), (False, True))
)


@pytest.mark.parametrize(("country", "state", "obtained", "dated", "demanding"), COMBINATIONS)
def test_what_jumio_would_refuse_never_reaches_it(
    bff: Bff,
    country: str,
    state: str | None,
    obtained: str | None,
    *,
    dated: bool,
    demanding: bool,
) -> None:
    bff.simulator.admin.patch_options(require_state_for_usa=demanding)
    at = (datetime.now(UTC) - timedelta(hours=1)).isoformat() if dated else None
    consent = {"country": country, "state": state, "obtained": obtained, "obtainedAt": at}
    try:
        assert bff.ask(consent=consent).status == 201
    except ConsentRequired as refusal:
        missing = {one["field"].removeprefix("consent.") for one in refusal.fields}
        assert missing
        assert not {name for name in missing if consent[name]}
        assert bff.executions() == []
