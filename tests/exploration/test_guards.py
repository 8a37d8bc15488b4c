"""Each condition of the stores by itself: what has moved since it was read is not written over."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.exploration.actors import OK, Choice
from tests.exploration.clockwork import Clockwork
from tests.exploration.record import PEPPER, PERSON, USER
from tests.exploration.table import Row
from tests.exploration.world import World
from verification.domain.deadline import Deadline
from verification.domain.errors import NotAtProvider, NotYet, ProviderRejected, SessionBusy
from verification.domain.execution import PROCESSED, Execution, State
from verification.domain.hint import Hint
from verification.domain.schedule import FIRST_LOOK
from verification.domain.standing import LEASE_SECONDS, Idempotency, Progress, Session
from verification.store import Attempt, Claim, ConditionFailed
from verification.store.items import Unreadable
from verification.store.outcomes import Known, News
from verification.use_cases.create_session import KeyUse

KEY = PEPPER.user_key(PERSON)
ACCOUNT = (USER, "ACCOUNT")


@pytest.fixture
def world() -> Iterator[World]:
    with Clockwork.running():
        yield World()


def _set(world: World, place: tuple[str, str], **members: Any) -> None:
    """Somebody else has written meanwhile; None removes."""
    item = {**world.table.items.get(place, {"pk": {"S": place[0]}, "sk": {"S": place[1]}})}
    for name, value in members.items():
        item.pop(name, None)
        if value is not None:
            item[name] = value
    world.table.items = {**world.table.items, place: Row(item)}


def _left_open(world: World) -> tuple[Known, Hint]:
    """A process has died after Jumio had opened an execution, and its lease is over."""
    world.ask_and_die("after", "POST account")
    world.schedule.now += 31
    hint = world.jumio.executions[0].hint
    known = world.outcomes.known(KEY, hint.reference)
    assert known
    return known, hint


def _adopts(world: World, known: Known, hint: Hint) -> bool:
    ids = hint.account_id, hint.workflow_execution_id
    return world.outcomes.adopt(known, *ids, int(world.clock()))


def _refused(write: Callable[[], object], world: World) -> None:
    before = dict(world.table.items)
    with pytest.raises(ConditionFailed):
        write()
    assert world.table.items == before


LEASE = {"lease_owner": {"S": "somebody"}, "lease_until": {"N": "1900000000"}}


class TestAdoption:
    def test_never_under_a_lease(self, world: World) -> None:
        known, hint = _left_open(world)
        _set(world, ACCOUNT, **LEASE)
        _refused(lambda: _adopts(world, known, hint), world)

    def test_never_under_a_lease_when_the_person_has_another_account(self, world: World) -> None:
        known, hint = _left_open(world)
        _set(world, ACCOUNT, account_id={"S": "another"}, **LEASE)
        known = replace(known, account=replace(known.account, account_id="another"))
        _refused(lambda: _adopts(world, known, hint), world)

    def test_not_over_an_account_that_appeared_meanwhile(self, world: World) -> None:
        known, hint = _left_open(world)
        _set(world, ACCOUNT, account_id={"S": "another"})
        _refused(lambda: _adopts(world, known, hint), world)

    def test_whoever_takes_the_lease_to_go_on_has_lost_it(self, world: World) -> None:
        """Found by exploration with a clock that is fast: two accounts, one over the other."""
        world.ask_and_die("after", "POST account")
        hint = world.jumio.executions[0].hint
        world.create("create")
        world.schedule.now += 31
        for _ in range(5):  # a request has opened an account, and is about to record it
            world.schedule.take(Choice("create"))
        known = world.outcomes.known(KEY, hint.reference)
        assert known
        late = int(world.clock()) + 31
        assert world.outcomes.adopt(known, hint.account_id, hint.workflow_execution_id, late)
        while not world.schedule.actors["create"].over:
            world.schedule.take(Choice("create"))
        assert world.schedule.actors["create"].over == "SessionBusy"
        assert world.table.items[ACCOUNT]["account_id"] == {"S": hint.account_id}

    def test_once(self, world: World) -> None:
        known, hint = _left_open(world)
        place = USER, f"EXECUTION#{hint.reference}"
        _set(world, place, workflow_execution_id={"S": "by-another"})
        _refused(lambda: _adopts(world, known, hint), world)

    def test_not_when_the_intent_has_moved(self, world: World) -> None:
        known, hint = _left_open(world)
        _set(world, (USER, f"EXECUTION#{hint.reference}"), rank={"N": "4"})
        _refused(lambda: _adopts(world, known, hint), world)

    def test_what_was_adopted_is_looked_at_again(self, world: World) -> None:
        known, hint = _left_open(world)
        assert _adopts(world, known, hint)
        (due,) = world.outcomes.due(int(world.clock()) + FIRST_LOOK)
        assert due.sk == f"EXECUTION#{hint.reference}"

    def test_the_worker_waits_for_whoever_holds_the_lease_before_it_asks_jumio(
        self, world: World
    ) -> None:
        _, hint = _left_open(world)
        _set(world, ACCOUNT, **LEASE)
        reads = _counted(world)
        with pytest.raises(NotYet, match="lease"):
            world.settle(hint)
        assert reads == []


def _counted(world: World) -> list[str]:
    """What Jumio is asked from now on."""
    asked: list[str] = []
    goes_on = world.schedule.point

    def point(port: str, *how: Any, **more: Any) -> Any:
        if port.startswith(("GET status", "DELETE")):
            asked.append(port)
        return goes_on(port, *how, **more)

    world.schedule.point = point  # type: ignore[method-assign]
    return asked


class TestLeftovers:
    """Nothing is on record: the only place where a callback leads to a deletion."""

    def _erased(self, world: World) -> Hint:
        world.ask_and_die("after", "POST account")
        world.schedule.now += 31
        world.erase()
        return world.jumio.executions[0].hint

    def test_what_an_erased_person_left_is_deleted(self, world: World) -> None:
        hint = self._erased(world)
        world.settle(hint)
        assert world.jumio.deleted == {hint.account_id}

    def test_not_of_another_person_by_jumios_word(self, world: World) -> None:
        hint = self._erased(world)
        world.jumio.change(user_key="another")
        world.settle(hint)
        assert world.jumio.deleted == set()

    def test_not_of_another_attempt_by_jumios_word(self, world: World) -> None:
        hint = self._erased(world)
        world.jumio.change(reference="another")
        world.settle(hint)
        assert world.jumio.deleted == set()

    def test_not_an_account_that_is_somebodys(self, world: World) -> None:
        hint = self._erased(world)
        _set(world, (f"ACCOUNT#{hint.account_id}", "ACCOUNT"), user_key={"S": "another"})
        world.settle(hint)
        assert world.jumio.deleted == set()

    def test_not_of_somebody_who_was_never_erased(self, world: World) -> None:
        hint = self._erased(world)
        world.table.items = {}
        world.settle(hint)
        assert world.jumio.deleted == set()


def _opened(world: World) -> tuple[Known, Session]:
    world.ask()
    known = world.outcomes.known(KEY, world.jumio.executions[0].reference)
    assert known
    assert known.session
    return known, known.session


def _news(known: Known, state: State, at: float) -> News:
    """An effect that leaves the progress alone."""
    effect: Any = _Effect(state, known.progress)
    return News(state, None, int(at), int(at) + 60, effect)


class _Effect:
    def __init__(self, verdict: State, progress: Progress) -> None:
        self.verdict, self.progress = verdict, progress


class TestWhatHasMoved:
    def test_a_look_is_noted_once(self, world: World) -> None:
        known, _ = _opened(world)
        world.outcomes.look(known.execution, 1_900_000_000)
        _refused(lambda: world.outcomes.look(known.execution, 1_900_000_001), world)

    def test_what_is_unreadable_is_set_aside_once(self, world: World) -> None:
        known, _ = _opened(world)
        place = USER, f"EXECUTION#{known.execution.reference}"
        unreadable = Unreadable(KEY, known.execution.reference, known.execution.due_at or 0)
        _set(world, place, due_at={"N": "1900000000"})
        _refused(lambda: world.outcomes.look(unreadable, 1_900_000_001), world)

    def test_what_jumio_does_not_find_today_has_not_ended(self, world: World) -> None:
        known, _ = _opened(world)
        world.jumio.deleted |= {known.execution.account_id or ""}
        with pytest.raises(NotAtProvider):
            world.advance_execution()(known, Deadline(20))
        assert world.outcomes.known(KEY, known.execution.reference) == known

    def test_a_look_recreates_nothing(self, world: World) -> None:
        known, _ = _opened(world)
        world.table.items = {}
        _refused(lambda: world.outcomes.look(known.execution, 1_900_000_000), world)

    def test_a_rest_is_over_once_there_are_news(self, world: World) -> None:
        known, _ = _opened(world)
        _set(world, (USER, f"EXECUTION#{known.execution.reference}"), rank={"N": "3"})
        _refused(lambda: world.outcomes.rest(known.execution, 1_900_000_000), world)

    def test_an_unknown_word_recreates_nothing(self, world: World) -> None:
        known, _ = _opened(world)
        world.table.items = {}
        _refused(lambda: world.outcomes.note(known.execution, "A_WORD"), world)

    def test_published_recreates_nothing(self, world: World) -> None:
        known, _ = _opened(world)
        world.table.items = {}
        _refused(lambda: world.outcomes.published(known.execution), world)

    def test_never_opened_is_only_what_was_not_opened_meanwhile(self, world: World) -> None:
        known, _ = _opened(world)
        _refused(lambda: world.outcomes.never_opened(known.execution, 1_900_000_000), world)

    @pytest.mark.parametrize("rank", ["3", "4"])
    def test_news_are_not_recorded_over_as_new_or_newer_ones(self, world: World, rank: str) -> None:
        known, _ = _opened(world)
        _set(world, (USER, f"EXECUTION#{known.execution.reference}"), rank={"N": rank})
        news = _news(known, State.PROCESSING, world.clock())
        _refused(lambda: world.outcomes.advance(known, news), world)

    def test_progress_does_not_appear_while_its_person_is_erased(self, world: World) -> None:
        known, _ = _opened(world)
        known = replace(known, progress=Progress(), session=None)  # as if it was not there yet
        _set(world, ACCOUNT, erasing={"BOOL": True}, **LEASE)
        news = _news(known, State.PROCESSING, world.clock())
        _refused(lambda: world.outcomes.advance(known, news), world)
        _set(world, ACCOUNT, erasing=None)
        world.outcomes.advance(known, news)

    def test_what_was_opened_is_not_recorded_over_an_end(self, world: World) -> None:
        world.ask_and_die("after", "POST account")
        (reference,) = (sk[10:] for _, sk in world.table.items if sk.startswith("EXECUTION#"))
        now = int(world.clock())
        attempt = Attempt(
            KEY, PERSON, "identity", "identity", reference, "r", now, now + 60, now + 60, None
        )
        _set(world, (USER, f"EXECUTION#{reference}"), rank={"N": "4"})
        session = Session(reference, now + 60)
        ids = "account1", "execution1"
        _refused(lambda: world.sessions.save(attempt, ids, session, replaces=None), world)

    def test_a_worker_that_was_overtaken_begins_again_with_what_is_on_record(
        self, world: World
    ) -> None:
        known, _ = _opened(world)
        _set(world, (USER, "JOURNEY#identity"), revision={"N": "7"})
        world.jumio.change(status=PROCESSED)
        world.jumio.change(decision="PASSED")
        settled = world.advance_execution()(known, Deadline(20))
        assert settled.execution.state is State.APPROVED
        assert settled.progress.revision == 8

    def test_an_outcome_is_due_until_it_is_told(self, world: World) -> None:
        known, _ = _opened(world)
        world.jumio.change(status=PROCESSED)
        world.jumio.change(decision="PASSED")
        world.advance_execution()(known, Deadline(20))
        (due,) = world.outcomes.due(int(world.clock()) + 61)
        assert due.sk == f"EXECUTION#{known.execution.reference}"
        world.settle(world.jumio.executions[0].hint)
        assert len(world.events.told) == 1
        assert not list(world.outcomes.due(int(world.clock()) + 61))

    def test_an_outcome_is_told_by_whoever_records_it(self, world: World) -> None:
        world.ask()
        world.finish("PASSED")
        assert len(world.events.told) == 1

    def test_a_session_that_replaced_the_one_seen_stays(self, world: World) -> None:
        known, session = _opened(world)
        _set(world, (USER, "SESSION#identity"), reference={"S": "a newer one"})
        news = _news(known, State.PROCESSING, world.clock())
        _refused(lambda: world.outcomes.advance(known, news), world)
        assert session.reference != "a newer one"

    def test_a_review_that_is_not_told_yet_is_not_left(self, world: World) -> None:
        known, _ = _opened(world)
        place = USER, f"EXECUTION#{known.execution.reference}"
        _set(world, place, verdict={"S": "review"}, rank={"N": "4"}, unpublished={"BOOL": True})
        reviewed = replace(known.execution, state=State.REVIEW, verdict=State.REVIEW)
        known = replace(known, execution=reviewed)
        news = _news(known, State.APPROVED, world.clock())
        _refused(lambda: world.outcomes.advance(known, news), world)

    def test_a_lease_that_somebody_else_has_by_now_is_not_shortened(self, world: World) -> None:
        world.ask_and_die("after", "POST account")
        standing = world.people().standing(PERSON, "identity", None).standing
        _set(world, ACCOUNT, lease_until={"N": "1900000000"})
        _refused(lambda: world.sessions.shorten_lease(KEY, standing, 1_800_000_000), world)

    def test_a_key_is_bound_to_the_session_that_was_seen(self, world: World) -> None:
        _, session = _opened(world)
        _set(world, (USER, "SESSION#identity"), reference={"S": "a newer one"})
        claim = Claim("digest", "fingerprint")
        _refused(
            lambda: world.sessions.remember(KEY, "identity", claim, session, 1, opened=False), world
        )

    def test_a_key_is_not_bound_to_what_is_being_erased(self, world: World) -> None:
        _, session = _opened(world)
        _set(world, ACCOUNT, erasing={"BOOL": True})
        claim = Claim("digest", "fingerprint")
        _refused(
            lambda: world.sessions.remember(KEY, "identity", claim, session, 1, opened=False), world
        )

    def test_a_key_that_is_in_use_is_not_bound_again(self, world: World) -> None:
        _, session = _opened(world)
        now = int(world.clock())
        claim = Claim("digest", "fingerprint")
        world.sessions.remember(KEY, "identity", claim, session, now, opened=False)
        session = replace(session, keys=1)
        _refused(
            lambda: world.sessions.remember(KEY, "identity", claim, session, now, opened=False),
            world,
        )
        later = session.expires_at
        world.sessions.remember(KEY, "identity", claim, session, later, opened=False)

    def test_a_key_whose_request_is_running_is_not_bound_to_what_is_there(
        self, world: World
    ) -> None:
        _, session = _opened(world)
        _set(
            world,
            (USER, "IDEMPOTENCY#digest"),
            running={"BOOL": True},
            expires_at={"N": "1900000000"},
        )
        claim, now = Claim("digest", "fingerprint"), int(world.clock())
        _refused(
            lambda: world.sessions.remember(KEY, "identity", claim, session, now, opened=False),
            world,
        )

    def test_a_key_counts_neither_when_it_has_lapsed_nor_when_its_request_has_lost_the_lease(
        self, world: World
    ) -> None:
        _opened(world)
        standing = world.people().standing(PERSON, "identity", None).standing
        now = int(world.clock())
        for used, counts in (
            (Idempotency("f", "r", opened=True, running=False, expires_at=now + 1), True),
            (Idempotency("f", "r", opened=True, running=False, expires_at=now), False),
            (Idempotency("f", "r", opened=True, running=True, expires_at=now + 1), False),
        ):
            assert bool(replace(standing, idempotency=used).used_key(now)) is counts

    def test_a_lease_is_given_back_by_its_owner(self, world: World) -> None:
        _opened(world)
        _set(world, ACCOUNT, **LEASE)
        _refused(lambda: world.sessions.let_go(KEY, "somebody else"), world)
        world.sessions.let_go(KEY, "somebody")
        assert LEASE.keys().isdisjoint(world.table.items[ACCOUNT])

    def test_a_session_that_was_replaced_is_not_alive(self, world: World) -> None:
        _opened(world)
        standing = world.people().standing(PERSON, "identity", None).standing
        assert standing.live_session(world.clock())
        progress = replace(standing.progress, reference="a newer one")
        assert replace(standing, progress=progress).live_session(world.clock()) is None


class TestData:
    """A session that awaits data about the person, and whoever brings them."""

    @pytest.fixture
    def awaiting(self, world: World) -> tuple[Execution, Session]:
        known, session = _opened(world)
        _set(world, (USER, "SESSION#identity"), awaits_data={"BOOL": True})
        return known.execution, replace(session, awaits_data=True)

    def test_they_are_supplied_once(
        self, world: World, awaiting: tuple[Execution, Session]
    ) -> None:
        world.sessions.supplied(*awaiting, 1_900_000_000)
        _refused(lambda: world.sessions.supplied(*awaiting, 1_900_000_000), world)

    def test_they_are_not_for_what_is_over(
        self, world: World, awaiting: tuple[Execution, Session]
    ) -> None:
        _set(world, (USER, f"EXECUTION#{awaiting[0].reference}"), rank={"N": "4"})
        _refused(lambda: world.sessions.supplied(*awaiting, 1_900_000_000), world)

    def test_a_session_that_somebody_has_is_not_discarded(
        self, world: World, awaiting: tuple[Execution, Session]
    ) -> None:
        _set(world, (USER, "SESSION#identity"), awaits_data={"BOOL": False})
        _refused(lambda: world.sessions.discard(*awaiting), world)

    def test_the_lease_is_taken_only_when_it_is_free(self, world: World) -> None:
        _opened(world)
        now = int(world.clock())
        world.sessions.hold(KEY, "one", now)
        _refused(lambda: world.sessions.hold(KEY, "another", now), world)
        world.sessions.hold(KEY, "another", now + 30)


class TestErasure:
    def test_not_under_somebody_elses_lease(self, world: World) -> None:
        _opened(world)
        _set(world, ACCOUNT, **LEASE)
        with pytest.raises(SessionBusy):
            world.erase()
        assert world.jumio.deleted == set()

    def test_one_that_stopped_half_way_is_taken_over_at_once(self, world: World) -> None:
        _opened(world)
        _set(world, ACCOUNT, erasing={"BOOL": True}, **LEASE)
        assert world.erase().result == "erased"

    def test_whoever_lost_the_lease_removes_nothing_more(self, world: World) -> None:
        _opened(world)
        now = int(world.clock())
        kept = world.erasures.kept(KEY)
        world.erasures.hold(KEY, kept, "one", now, now + 120)
        world.erasures.hold(KEY, kept, "another", now, now + 120)
        _refused(lambda: world.erasures.remove(KEY, kept, owner="one", now=now), world)

    def test_only_the_account_fences_a_removal_of_nothing_else(self, world: World) -> None:
        _opened(world)
        now = int(world.clock())
        world.erasures.hold(KEY, world.erasures.kept(KEY), "one", now, now + 120)
        kept = replace(world.erasures.kept(KEY), keys=(), account_ids=())
        _refused(lambda: world.erasures.remove(KEY, kept, owner="another", now=now), world)

    def test_whoever_was_erased_meanwhile_is_not_begun_again(self, world: World) -> None:
        """Found by exploration: whoever dies here would leave an account that nobody erases."""
        _opened(world)
        now, kept = int(world.clock()), world.erasures.kept(KEY)
        world.erase()
        _refused(lambda: world.erasures.hold(KEY, kept, "late", now, now + 120), world)

    def test_what_an_erasure_leaves_behind_is_a_tombstone_only(self, world: World) -> None:
        _opened(world)
        world.erase()
        assert [pk.partition("#")[0] for pk, _ in world.table.items] == ["LIMITER", "ERASED"]

    def test_what_may_lead_to_an_account_goes_with_the_tombstone(self, world: World) -> None:
        """The trace of the first fault that exploration found, which lost an account at Jumio."""
        world.ask_and_die("after", "POST account")
        world.schedule.now += 31
        hint = world.jumio.executions[0].hint
        world.jumio.change(status=PROCESSED)
        world.schedule.dies = "before", "write delete account+delete execution+put erased"
        assert not world.erase_and_die()
        with pytest.raises(NotYet):  # the callback comes between the erasure's batches
            world.settle(hint)
        world.erase()
        world.settle(hint)
        assert world.jumio.deleted == {hint.account_id}


def test_what_jumio_has_refused_leaves_neither_intent_nor_key_nor_lease(world: World) -> None:
    world.create("create", key="a-key-of-some-length")
    for word in ("create", "create", "create", "create", "create!refused"):
        world.schedule.take(Choice.of(word))
    while not world.schedule.actors["create"].over:
        world.schedule.take(Choice("create"))
    assert isinstance(world.schedule.actors["create"].result, ProviderRejected)
    assert [sk for pk, sk in world.table.items if pk == USER] == ["ACCOUNT"]
    assert LEASE.keys().isdisjoint(world.table.items[ACCOUNT])


@pytest.mark.parametrize("call", [2, 5])
def test_a_write_whose_answer_was_lost_is_recognised_when_it_comes_again(
    world: World, call: int
) -> None:
    world.create("create")
    for step in range(7):
        world.schedule.take(Choice("create", "lost" if step == call else OK))
    while not world.schedule.actors["create"].over:
        world.schedule.take(Choice("create"))
    assert world.schedule.trace[call][1].startswith("write")
    assert world.schedule.actors["create"].result.token


def test_an_erasure_that_was_given_up_has_no_claim_on_who_comes_back(world: World) -> None:
    _opened(world)
    _set(world, ACCOUNT, erasing={"BOOL": True})
    world.schedule.now += 1000
    world.ask()
    assert "erasing" not in world.table.items[ACCOUNT]


def test_whoever_has_lost_the_lease_does_not_record_what_was_opened(world: World) -> None:
    world.create("create")
    for _ in range(5):
        world.schedule.take(Choice("create"))
    _set(world, ACCOUNT, **LEASE)
    for _ in range(3):
        if not world.schedule.actors["create"].over:
            world.schedule.take(Choice("create"))
    assert world.schedule.actors["create"].over == "SessionBusy"


def test_a_hint_about_another_execution_is_dropped(world: World) -> None:
    _opened(world)
    asked = _counted(world)
    hint = world.jumio.executions[0].hint.model_copy(update={"workflow_execution_id": "another"})
    world.settle(hint)
    assert asked == []


def test_news_that_are_none_are_dealt_with(world: World) -> None:
    _opened(world)
    world.jumio.change(status="ACQUISITION_STARTED")
    for _ in range(2):
        world.settle(world.jumio.executions[0].hint)


def test_a_retry_does_not_get_what_its_first_request_is_about_to_replace(world: World) -> None:
    world.ask()
    key = KeyUse("a-key-of-some-length", "the request")
    world.ask_and_die("before", "PUT account", renew=True, key=key)
    with pytest.raises(SessionBusy):
        world.ask(renew=True, key=key)


def test_what_a_request_has_opened_itself_is_not_renewed_by_it() -> None:
    with Clockwork.running():
        world = World("informed")
        world.ask()
        world.ask(renew=True)
        assert len(world.jumio.executions) == 2


def test_an_attempt_is_charged_before_anything_can_be_lost(world: World) -> None:
    world.ask_and_die("before", "POST account")
    standing = world.people().standing(PERSON, "identity", None).standing
    assert standing.account.failures.number == 1


def test_a_lease_outlives_the_time_that_its_holder_has(world: World) -> None:
    world.ask_and_die("before", "POST account")
    standing = world.people().standing(PERSON, "identity", None).standing
    assert standing.account.lease_until == world.clock() + LEASE_SECONDS


def test_time_is_what_the_world_says(world: World) -> None:
    deadline = Deadline(5)
    world.schedule.now += 4
    assert deadline.remaining() == 1
