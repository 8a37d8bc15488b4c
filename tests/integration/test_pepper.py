"""The pepper is lost, replaced or rotated: nobody gets a second account, whoever knows what."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import boto3
import pytest

from tests.integration.test_adoption import open_and_lose
from tests.integration.test_functions_in_trouble import started
from tests.support.bff import ISSUER, PEPPER, Bff
from tests.support.erasing import Eraser
from tests.support.events import event
from tests.support.functions import Function
from tests.support.interruptions import interleaved, killed
from tests.support.observed import Observed
from tests.support.operators import ask_facts, decide, story
from tests.support.pipeline import Pipeline
from verification import wiring
from verification.domain.errors import Misconfigured, SessionBusy
from verification.domain.identity import Caller, Pepper, Peppers
from verification.domain.journeys import load_journeys
from verification.domain.standing import LEASE_SECONDS
from verification.store import Limiter, People
from verification.store.items import LIMITER_KEY
from verification.store.operations import ALWAYS

Json = dict[str, Any]
NEWER, NEWEST = Pepper("2", "q" * 64), Pepper("3", "r" * 64)
BEFORE, ROTATED = Peppers(PEPPER), Peppers(NEWER, (PEPPER,))
TWICE = Peppers(NEWEST, (NEWER, PEPPER))


def record(bff: Bff) -> str:
    """What the table remembers."""
    pepper: str = bff.table.read(LIMITER_KEY)[LIMITER_KEY]["pepper"]
    return pepper


def in_use(observed: Observed) -> list[tuple[str, int]]:
    """What was told when a pepper came into use: its version, and how many the table now knows."""
    return [(one["version"], one["on_record"]) for one in observed.with_code("pepper_in_use")]


def on_record(bff: Bff) -> set[tuple[str, str]]:
    """Who is on record with an account, by the version of their key."""
    return {
        (item["pk"].removeprefix("USER#")[0], item["subject"])
        for item in bff.plain_items()
        if item["sk"] == "ACCOUNT" and item["pk"].startswith("USER#") and "account_id" in item
    }


def accounts(bff: Bff) -> int:
    return len({one["accountId"] for one in bff.executions()})


def beside(bff: Bff, peppers: Peppers, *, then: Peppers | None = None) -> Bff:
    """Another container of the deployment, which knows these peppers, and others once it looks."""
    other = Bff(bff.dynamodb, bff.table_name, bff.simulator, None, bff.journeys, clock=bff.clock)
    other.people = People(other.table, lambda afresh: then if then and afresh else peppers)
    return other


def test_the_first_request_puts_the_pepper_on_record_and_nobody_changes_it(
    bff: Bff, observed: Observed
) -> None:
    bff.status()
    assert bff.items() == []
    bff.ask()
    assert record(bff) == PEPPER.fingerprint
    bff.ask(user="bob")
    bff.ask(renew=True)
    assert record(bff) == PEPPER.fingerprint
    assert in_use(observed) == [("1", 1)]


def test_the_record_tells_nothing_about_the_pepper_or_anybody(bff: Bff) -> None:
    bff.ask(key="a-key-of-some-length")
    assert PEPPER.key not in json.dumps(bff.plain_items())
    others = [item for item in bff.plain_items() if item["pk"] != LIMITER_KEY.pk]
    assert record(bff).partition("-")[2] not in json.dumps(others)
    assert Pepper("2", PEPPER.key).fingerprint != PEPPER.fingerprint


WRONG = {
    "replaced": Peppers(Pepper("1", "x" * 64)),
    "replaced, with a new version": Peppers(NEWER),
    "the same by another name": Peppers(Pepper("2", PEPPER.key)),
    "rotated, and the old one is another": Peppers(NEWER, (Pepper("1", "x" * 64),)),
}
ASKING: dict[str, Callable[[Pipeline, Json], object]] = {
    "session": lambda pipeline, _: pipeline.bff.ask(),
    "status": lambda pipeline, _: pipeline.status(),
    "erasure": lambda pipeline, _: Eraser(pipeline)("ada"),
    "decision": lambda pipeline, execution: decide(pipeline, execution, "approve"),
    "facts": lambda pipeline, _: ask_facts(pipeline, "firstName"),
    "story": lambda pipeline, _: story(pipeline),
}


@pytest.mark.parametrize("peppers", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("ask", ASKING.values(), ids=ASKING)
def test_with_another_pepper_nobody_is_served_and_nothing_is_changed(
    pipeline: Pipeline, peppers: Peppers, ask: Callable[[Pipeline, Json], object]
) -> None:
    bff = pipeline.bff
    journey = {"name": "identity", "steps": [{"name": "identity"}], "discloses": ["firstName"]}
    bff.journeys = load_journeys(json.dumps({"journeys": [journey]}))
    execution = pipeline.open()
    before = bff.items()
    bff.peppers = peppers
    with pytest.raises(Misconfigured) as refusal:
        ask(pipeline, execution)
    assert refusal.value.setting.startswith("USER_KEY_SECRET_ID: not the peppers")
    assert bff.items() == before
    assert len(bff.executions()) == 1

    bff.peppers = BEFORE
    assert bff.ask().status == 200


class TestRotation:
    """Whoever is new comes under the new pepper, everybody else stays under theirs."""

    def test_everybody_is_found_and_keeps_their_account(
        self, pipeline: Pipeline, observed: Observed
    ) -> None:
        bff = pipeline.bff
        bff.ask(user="ada")
        bff.peppers = ROTATED
        assert bff.ask(user="ada").status == 200
        assert bff.ask(user="ada", renew=True).status == 201
        assert bff.ask(user="bob").status == 201
        bff.peppers = TWICE
        for user in ("ada", "bob", "cleo"):
            bff.ask(user=user, renew=True)
            assert bff.status(user)["status"] == "pending"
        assert on_record(bff) == {("1", "ada"), ("2", "bob"), ("3", "cleo")}
        assert accounts(bff) == 3
        fingerprints = [one.fingerprint for one in (PEPPER, NEWER, NEWEST)]
        assert record(bff).split() == fingerprints
        assert in_use(observed) == [("1", 1), ("2", 2), ("3", 3)]

    def test_operators_find_everybody(self, pipeline: Pipeline) -> None:
        execution = pipeline.open()
        pipeline.play(execution, "needs review: watchlist hit")
        pipeline.call_back(execution)
        pipeline.work_off()
        pipeline.bff.peppers = ROTATED
        assert decide(pipeline, execution, "approve")["status"] == "approved"
        assert story(pipeline)["user_key"] == PEPPER.user_key(Caller(ISSUER, "ada"))

    def test_it_costs_no_further_round_trip(self, bff: Bff) -> None:
        trips: list[str] = []

        def note(model: Any, **_: Any) -> None:
            trips.append(model.name)

        bff.ask(user="ada")
        bff.peppers = ROTATED
        bff.ask(user="bob")  # puts it on record
        bff.dynamodb.meta.events.register("before-call.dynamodb", note)
        for user in ("ada", "bob"):
            bff.ask(user=user)
            bff.status(user)
        bff.dynamodb.meta.events.unregister("before-call.dynamodb", note)
        assert trips == ["BatchGetItem"] * 4

    def test_an_idempotency_key_stands_for_what_it_stood_for(self, bff: Bff) -> None:
        first = bff.ask(key="k1")
        bff.peppers = ROTATED
        assert bff.ask(key="k1") == first

    def test_who_has_been_erased_comes_back_under_the_new_one(self, pipeline: Pipeline) -> None:
        pipeline.open()
        pipeline.bff.peppers = ROTATED
        erase = Eraser(pipeline)
        assert erase("ada").result == "erased"
        pipeline.let_pass(60)
        again = erase("ada")
        assert (again.result, again.erased_at) == ("erased-before", story_of_erasure(pipeline))
        pipeline.open()
        assert on_record(pipeline.bff) == {("2", "ada")}

    def test_nobody_can_begin_under_one_that_was_left(self, bff: Bff) -> None:
        bff.ask()
        bff.peppers = ROTATED
        bff.ask()
        for gone_back in (BEFORE, Peppers(PEPPER, (NEWER,))):
            bff.peppers = gone_back
            with pytest.raises(Misconfigured):
                bff.ask(user="bob")
        assert accounts(bff) == 1


class TestContainersThatHaveNotReadItYet:
    """A secret is kept for five minutes: until then some know less than others."""

    def test_they_read_it_again_when_somebody_has_begun_under_the_new_one(self, bff: Bff) -> None:
        bff.ask(user="ada")
        late = beside(bff, BEFORE, then=ROTATED)
        bff.peppers = ROTATED
        opened = bff.ask(user="bob")
        assert late.ask(user="bob").body == opened.body
        assert late.ask(user="cleo").status == 201
        assert on_record(bff) == {("1", "ada"), ("2", "bob"), ("2", "cleo")}

    def test_they_tell_the_person_nothing_wrong(self, pipeline: Pipeline) -> None:
        pipeline.open(user="ada")
        late = beside(pipeline.bff, BEFORE, then=ROTATED)
        pipeline.bff.peppers = ROTATED
        pipeline.open(user="bob")
        assert late.status("bob")["status"] == "pending"

    @pytest.mark.parametrize("somebody", ["ada", "bob"])
    def test_one_that_is_overtaken_before_its_turn_opens_nothing_under_the_old_one(
        self, bff: Bff, somebody: str
    ) -> None:
        """Neither for whom the other opens, nor for anybody else: and nobody is turned away."""
        bff.ask(user="earlier")
        late, up_to_date = beside(bff, BEFORE, then=ROTATED), beside(bff, ROTATED)

        def rotate() -> None:
            with suppress(SessionBusy):  # the late one is at it, for the same person
                up_to_date.ask(user=somebody)

        with interleaved("before", Limiter, "take", rotate):
            assert late.ask(user="ada").body["sdk"]
        assert accounts(bff) == len(on_record(bff)) == (2 if somebody == "ada" else 3)
        assert late.ask(user="ada").status == 200

    def test_one_that_dies_before_its_turn_leaves_nothing_behind_that_counts(
        self, pipeline: Pipeline
    ) -> None:
        bff = pipeline.bff
        bff.ask(user="earlier")
        late, up_to_date = beside(bff, BEFORE), beside(bff, ROTATED)
        with (
            interleaved("after", late.table, "read", lambda: up_to_date.ask(user="ada")),
            killed("after", late.store, "begin"),
        ):
            late.ask(user="ada")
        begun = [item["pk"] for item in bff.plain_items() if is_account_of("ada", item)]
        assert {pk.removeprefix("USER#")[0] for pk in begun} == {"1", "2"}
        bff.peppers = ROTATED
        assert bff.ask(user="ada").status == 200
        assert accounts(bff) == 2

        pipeline.let_pass(60)  # the lease of who has died is over
        receipt = Eraser(pipeline)("ada")

        assert (receipt.result, receipt.accounts) == ("erased", 1)
        assert "ada" not in [item.get("subject") for item in bff.plain_items()]


def test_who_is_known_under_two_is_erased_under_both_and_the_receipt_counts_all(
    pipeline: Pipeline,
) -> None:
    """Which can only be after somebody has taken the record away."""
    bff = pipeline.bff
    for peppers in (BEFORE, Peppers(NEWER)):
        bff.table.step(LIMITER_KEY, "REMOVE #pepper", ALWAYS)
        bff.peppers = peppers
        open_and_lose(pipeline)
        pipeline.let_pass(LEASE_SECONDS)
        pipeline.open()
    bff.peppers = ROTATED
    kept = [item for item in bff.plain_items() if item["pk"].startswith("USER#")]

    receipt = Eraser(pipeline)("ada")

    assert (receipt.result, receipt.accounts, receipt.unanswered) == ("erased", 2, 2)
    assert receipt.items == len(kept)
    assert [item["sk"] for item in bff.plain_items()].count("TOMBSTONE") == 2
    assert "ada" not in [item.get("subject") for item in bff.plain_items()]


def is_account_of(subject: str, item: Json) -> bool:
    return item["sk"] == "ACCOUNT" and item.get("subject") == subject


def story_of_erasure(pipeline: Pipeline) -> str:
    (erased,) = story(pipeline)["timeline"]
    assert erased["what"] == "erased"
    return str(erased["at"])


class TestTheSecret:
    """As the functions read it."""

    @pytest.fixture
    def put(self, pipeline: Pipeline) -> Callable[..., None]:  # noqa: ARG002 it brings AWS
        manager = boto3.client("secretsmanager")
        manager.create_secret(Name="user-key", SecretString="{}")

        def put(**members: object) -> None:
            manager.put_secret_value(SecretId="user-key", SecretString=json.dumps(members))

        return put

    def test_it_holds_the_current_pepper_and_all_before_it(self, put: Any) -> None:
        wiring.aws.cache_clear()
        wiring.secrets.cache_clear()
        put(version="1", key="p" * 64)
        assert wiring.peppers("user-key", afresh=False) == BEFORE
        put(version="3", key="r" * 64, key_2="q" * 64, key_1="p" * 64)
        assert wiring.peppers("user-key", afresh=False) == BEFORE
        assert wiring.peppers("user-key", afresh=True) == TWICE
        put(version="3", key="r" * 64, key_2="too short")
        with pytest.raises(Misconfigured):
            wiring.peppers("user-key", afresh=True)

    def test_the_pepper_is_lost_and_the_functions_say_so(
        self, pipeline: Pipeline, put: Any
    ) -> None:
        put(version="1", key=PEPPER.key)
        pipeline.open()
        with started("get_verification", JOURNEYS="examples") as function:
            assert asked(function)["statusCode"] == 200
            put(version="1", key="x" * 64)
            assert asked(function)["statusCode"] == 200  # it is known for five minutes
        with started("get_verification", JOURNEYS="examples") as function:
            answer = asked(function)
            (told,) = function.logged("misconfigured")
        assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (500, "misconfigured")
        assert "Retry-After" not in answer["headers"]  # who comes back finds it as it was
        assert function.counted("PepperUnusable") == 1
        assert told["setting"].startswith("USER_KEY_SECRET_ID: not the peppers")
        assert not {PEPPER.key, "x" * 64} & set(json.dumps([answer, function.lines]).split('"'))


def asked(function: Function) -> Json:
    asking = event("get_verification", headers={"host": "bff.example"})
    asking["requestContext"]["authorizer"]["jwt"]["claims"] |= {"iss": ISSUER, "sub": "ada"}
    asking.pop("queryStringParameters", None)
    return function(asking)
