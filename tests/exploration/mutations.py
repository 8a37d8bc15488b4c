# ruff: noqa: E501 what is replaced is quoted as it is
"""Named ways to break the product: each takes a guard, a comparison or an order of writes away."""

from dataclasses import dataclass

PACKAGE = "layers/verification/verification"


@dataclass(frozen=True)
class Mutation:
    """One replacement in one file of the package, and what is expected to notice it.

    ``by`` is tests, as paths below ``tests/``, or empty for the explorer.
    """

    name: str
    file: str
    old: str
    new: str
    by: str = ""


def _of(file: str, *rows: tuple[str, ...]) -> list[Mutation]:
    return [Mutation(name, file, *rest) for name, *rest in rows]


MUTATIONS = [
    *_of(
        "store/people.py",
        (
            "a pepper under which people may be is missing",
            "usable = peppers.cover(look.record)",
            "usable = True",
            "integration/test_pepper.py",
        ),
        (
            "somebody new may be on record under an older pepper",
            "self.names[: self.at] if known else self.names[1:]",
            "self.names[: self.at]",
        ),
        (
            "whoever is known may be on record under a newer pepper",
            "self.names[: self.at] if known else",
            "() if known else",
        ),
        (
            "nobody hears of a new pepper",
            "if (record := look.peppers.follow(look.record)) != look.record:",
            "if False:",
            "integration/test_pepper.py",
        ),
    ),
    *_of(
        "store/limiter.py",
        (
            "a turn for whoever does not know of a new pepper",
            "{below_ceiling}{same_pepper}",
            "{below_ceiling}",
        ),
    ),
    *_of(
        "store/sessions.py",
        (
            "whoever begins may be on record elsewhere",
            "[check(items.account_key(name), ABSENT) for name in standing.elsewhere]",
            "[]",
        ),
    ),
    *_of(
        "use_cases/open_execution.py",
        (
            "what was begun with a pepper that is out of use is not undone",
            "if begun or not isinstance(error, ConditionFailed):",
            "if not isinstance(error, ConditionFailed):",
        ),
    ),
    *_of(
        "store/attempts.py",
        (
            "the lease is free for everybody",
            '"(attribute_not_exists(#lease_until) OR #lease_until <= :now)"',
            '"(attribute_not_exists(#lease_until) OR #lease_until <> :now)"',
        ),
        (
            "the lease ends at its last second too late",
            "#lease_until <= :now)",
            "#lease_until < :now)",
            "integration/test_sessions.py integration/test_races.py",
        ),
        (
            "an account that changed between read and intent",
            '("account_id", account.account_id), ',
            "",
        ),
        (
            "failures that changed between read and intent",
            ', ("failures", account.failures.number)',
            "",
        ),
        (
            "the lease is given back by whoever",
            '"#lease_owner = :me", {"me": owner}),\n        {**changes',
            '"attribute_exists(#pk)"),\n        {**changes',
        ),
        (
            "the lease is not given back",
            '{**changes, "lease_owner": None, "lease_until": None},',
            "changes,",
        ),
        (
            "a key in use is taken over",
            'free = "attribute_not_exists(#pk) OR #expires_at <= :now"',
            'free = "attribute_not_exists(#pk) OR #expires_at <= :now OR #expires_at > :now"',
        ),
        (
            "a lapsed use of a key counts",
            'free = "attribute_not_exists(#pk) OR #expires_at <= :now"',
            'free = "attribute_not_exists(#pk) OR #expires_at < :now"',
        ),
        (
            "a running use of a key is never taken over",
            "    if use.running:\n",
            "    if not use.running:\n",
            "integration/test_idempotency.py",
        ),
        (
            "a session replaces progress that moved",
            "            items.unchanged(progress),\n",
            '            When(""),\n',
        ),
        (
            "the lease is shorter than a function's time",
            "return self.begun_at + LEASE_SECONDS",
            "return self.begun_at + 1",
        ),
        (
            "a key goes on to be running",
            '"running": False,\n',
            '"running": True,\n',
            "integration/test_idempotency.py",
        ),
    ),
    *_of(
        "store/sessions.py",
        (
            "the intent begins while another is at it",
            "nobody_is_at_it(attempt, standing.account),",
            'When(""),',
        ),
        (
            "the intent does not look at the progress",
            "            check(\n                items.journey_key(attempt.user_key, attempt.journey),\n                items.unchanged(standing.progress),\n            ),\n",
            "",
        ),
        (
            "the intent is not due",
            "due_at=attempt.due_at,\n",
            "due_at=None,\n",
        ),
        (
            "the intent has no lease",
            '"lease_owner": attempt.reference,\n                    "lease_until": attempt.lease_until,',
            "",
        ),
        (
            "the charge of an attempt is not written",
            "                    **items.failures_changes(failures),\n                },\n",
            "                },\n",
            "integration/test_limits.py",
        ),
        (
            "a given-up erasure goes on to claim",
            '                    "erasing": None,  # an erasure that was given up has no claim on this lease\n',
            "",
        ),
        (
            "a release leaves the intent",
            "            delete(items.execution_key(attempt.user_key, attempt.reference)),\n",
            "",
        ),
        (
            "a release leaves the key",
            "            operations.append(delete(items.idempotency_key(attempt.user_key, attempt.claim.digest)))",
            "            pass",
            "integration/test_idempotency.py",
        ),
        (
            "a session without its lease",
            "            lease_ends(attempt.user_key, attempt.reference, settled),\n            put",
            "            put",
        ),
        (
            "no look-up of the account",
            '            put(items.owner_key(account_id), {"user_key": attempt.user_key}),\n            moved(\n                attempt,\n                items.still(',
            "            moved(\n                attempt,\n                items.still(",
        ),
        (
            "save ignores the rank",
            "                attempt,\n                items.still(State.REQUESTED),\n",
            '                attempt,\n                When("attribute_exists(#pk)"),\n',
        ),
        (
            "the account is not recorded",
            'settled = {"account_id": account_id, **items.failures_changes(Failures())}',
            "settled = items.failures_changes(Failures())",
        ),
        (
            "the session's execution is never due",
            "due_at=min(ends_at, attempt.begun_at + early_look(0)),",
            "due_at=None,",
        ),
        (
            "data are held under any lease",
            'When(f"attribute_exists(#pk) AND {FREE}", {"now": now}),',
            'When("attribute_exists(#pk)"),',
        ),
        (
            "the lease of another clock is freed at once",
            "until = now + account.longest_lease",
            "until = now",
            "integration/test_clocks.py",
        ),
        (
            "a wrong lease is shortened whoever has it now",
            'When("#lease_until = :seen", {"seen": account.lease_until})',
            'When("attribute_exists(#pk)")',
            "exploration/test_guards.py",
        ),
        (
            "data count as supplied to another session",
            "                _awaiting(session),\n                {",
            '                When("attribute_exists(#pk)"),\n                {',
            "exploration/test_guards.py",
        ),
        (
            "data count as supplied after all is over",
            "items.before(State.PROCESSING), due_at",
            'When("attribute_exists(#pk)"), due_at',
            "exploration/test_guards.py",
        ),
        (
            "a session that somebody has is discarded",
            "delete(key, _awaiting(session))",
            "delete(key)",
            "exploration/test_guards.py",
        ),
        (
            "a key is bound to what is being erased",
            '            check(items.account_key(user_key), When("attribute_not_exists(#erasing)")),\n',
            "",
        ),
        (
            "a key is bound to a session that was replaced",
            "                _with_as_many_keys(session),\n",
            '                When("attribute_exists(#pk)"),\n',
            "exploration/test_guards.py",
        ),
        (
            "a session has room for any number of keys",
            "if session.keys >= _MOST_KEYS:",
            "if session.keys > 1000 * _MOST_KEYS:",
            "integration/test_idempotency.py",
        ),
    ),
    *_of(
        "store/outcomes.py",
        (
            "adoption under a lease, of somebody homeless",
            'AND attribute_not_exists(#account_id) AND {FREE}"',
            'AND attribute_not_exists(#account_id)"',
            "exploration/test_guards.py",
        ),
        (
            "whoever holds a lease by a slow clock writes over an account that was adopted",
            '"lease_owner": None, "lease_until": None}\n            operations.append',
            "}\n            operations.append",
        ),
        (
            "adoption overwrites an account",
            'AND attribute_not_exists(#account_id) AND {FREE}"',
            'AND {FREE}"',
            "exploration/test_guards.py",
        ),
        (
            "adoption of a second account under a lease",
            'operations.append(check(owner, When(FREE, {"now": now})))',
            "pass",
            "exploration/test_guards.py",
        ),
        (
            "adopted twice",
            'unadopted = "#rank = :rank AND attribute_not_exists(#workflow_execution_id)"',
            'unadopted = "#rank = :rank"',
            "exploration/test_guards.py",
        ),
        (
            "adopted although the state moved",
            'When(unadopted, {"rank": execution.state.rank}),',
            'When("attribute_not_exists(#workflow_execution_id)"),',
            "exploration/test_guards.py",
        ),
        (
            "adoption without a look-up",
            '            put(items.owner_key(account_id), {"user_key": execution.user_key}),\n',
            "",
        ),
        (
            "an adopted execution is never looked at",
            "due_at=min(execution.ends_at, now + early_look(0)),",
            "due_at=None,",
        ),
        (
            "state goes back",
            "forward = items.before(news.state)",
            'forward = When("attribute_exists(#pk)")',
        ),
        (
            "state is told twice",
            "forward = items.before(news.state)",
            'forward = When("#rank <= :rank", {"rank": news.state.rank})',
        ),
        (
            "a review ends twice",
            '"#verdict = :verdict AND attribute_not_exists(#unpublished)"',
            '"#verdict = :verdict"',
            "exploration/test_guards.py integration/test_review.py",
        ),
        (
            "progress appears for an erased person",
            "if not known.progress.revision or news.manual:",
            "if news.manual:",
        ),
        (
            "an operator's word is erased before it is told",
            "if not known.progress.revision or news.manual:",
            "if not known.progress.revision:",
            "integration/test_decisions.py integration/test_retention.py",
        ),
        (
            "the worker overwrites progress",
            "                    items.unchanged(known.progress),\n",
            '                    When(""),\n',
        ),
        (
            "a session that was replaced is deleted",
            'delete(place, When(same, {"seen": session.reference}))',
            "delete(place)",
            "exploration/test_guards.py",
        ),
        (
            "no session is deleted",
            "if session and _session_ends(execution, session, news):",
            "if False:",
        ),
        (
            "an unknown word recreates a deleted row",
            "moved(execution, _PRESENT, unknown",
            'moved(execution, When(""), unknown',
            "exploration/test_guards.py",
        ),
        (
            "published recreates a deleted row",
            'told = When("#verdict = :told", {"told": execution.verdict})',
            'told = When("")',
        ),
        (
            "published is not recorded",
            "told, due_at=next_at, unpublished=False",
            "told, due_at=next_at, looks=0",
        ),
        (
            "a lapse hides news",
            'AND attribute_not_exists(#unpublished)")\n',
            '")\n',
            "integration/test_validity.py",
        ),
        (
            "a look at what has moved",
            'due = When("#due_at = :due_at", {"due_at": found.due_at})',
            'due = When("")',
            "exploration/test_guards.py",
        ),
        (
            "an outcome is not due until told",
            '"due_at": news.at + GRACE if tell else news.look_again_at',
            '"due_at": None if tell else news.look_again_at',
        ),
        (
            "what was not told is not marked",
            '"unpublished": tell,',
            '"unpublished": False,',
        ),
        (
            "never opened, whatever came meanwhile",
            "moved(execution, items.still(State.REQUESTED), **ended)",
            'moved(execution, When("attribute_exists(#pk)"), **ended)',
        ),
        (
            "a rest in spite of news",
            "items.still(execution.state), due_at",
            'When(""), due_at',
            "exploration/test_guards.py",
        ),
    ),
    *_of(
        "store/erasure.py",
        (
            "an erasure takes any lease",
            'OR #lease_until <= :now OR #erasing = :yes"\n        self',
            'OR #lease_until <= :now OR attribute_exists(#pk)"\n        self',
        ),
        (
            "an erasure makes anew what another one has removed",
            'there = "attribute_exists(#pk) AND" if account_key(user_key) in kept.keys else ""',
            'there = ""',
        ),
        (
            "an erasure cannot be resumed",
            ' OR #erasing = :yes"\n        self._table',
            '"\n        self._table',
            "integration/test_erasure_interrupted.py",
        ),
        (
            "an erasure is not seen to be one",
            '{"lease_owner": owner, "lease_until": until, "erasing": True},',
            '{"lease_owner": owner, "lease_until": until},',
            "integration/test_erasure_interrupted.py",
        ),
        (
            "batches are not fenced",
            "self._table.write(check(account, mine), *(delete(key) for key in batch))",
            "self._table.write(*(delete(key) for key in batch))",
        ),
        (
            "the last batch is not fenced",
            "            delete(account, mine),\n",
            "            delete(account),\n",
        ),
        (
            "what may lead to an account goes first",
            "last = {*kept.unanswered[1 - _BATCH :], *kept.due}",
            "last = {*kept.due}",
            "integration/test_erasure_overlaps.py",
        ),
        (
            "what resumes an erasure goes first",
            "last = {*kept.unanswered[1 - _BATCH :], *kept.due}",
            "last = {*kept.unanswered[1 - _BATCH :]}",
            "integration/test_retention.py",
        ),
        (
            "no tombstone",
            '            put(_tombstone(user_key), {"erased_at": now, "erasure": owner}),\n',
            "",
        ),
        (
            "look-ups of accounts stay",
            "[*map(owner_key, kept.account_ids), *others]",
            "others",
        ),
    ),
    *_of(
        "store/table.py",
        (
            "each try is another transaction",
            "ClientRequestToken=token)",
            "ClientRequestToken=uuid.uuid4().hex)",
        ),
        (
            "a conflict is a failed condition",
            'if "ConditionalCheckFailed" in codes:',
            'if "ConditionalCheckFailed" in codes or "TransactionConflict" in codes:',
            "integration/test_cloud_trouble.py",
        ),
        (
            "a conflict is a defect",
            '_DEFECTS = {"ItemCollectionSizeLimitExceeded", "ValidationError"}',
            '_DEFECTS = {"TransactionConflict", "ItemCollectionSizeLimitExceeded", "ValidationError"}',
        ),
    ),
    *_of(
        "cloud.py",
        (
            "a transaction in progress is refused",
            "TransactionConflictException TransactionInProgressException\n",
            "TransactionConflictException\n",
        ),
    ),
    *_of(
        "use_cases/open_execution.py",
        (
            "Jumio is asked before the intent",
            "            self.store.begin(attempt, standing)\n",
            "",
        ),
        (
            "an unknown outcome frees the lease",
            "            wait = self._left_open(attempt)\n            raise OutcomeUnknown",
            "            self._release(attempt, charged, problem)\n            wait = 1\n            raise OutcomeUnknown",
        ),
        (
            "a refusal keeps the lease",
            "            self._release(attempt, charged.and_another(fault, self.clock()), problem)\n",
            "            fault\n",
            "integration/test_sessions.py",
        ),
        (
            "a failed turn keeps the lease",
            "            self._release(attempt, charged, error)\n            raise\n        self.sleep",
            "            raise\n        self.sleep",
            "integration/test_limits.py integration/test_sessions.py",
        ),
        (
            "an outcome that came meanwhile is overwritten",
            "replaces = None if blocked else replace(",
            "replaces = replace(",
        ),
        (
            "whoever was overtaken goes on",
            "            except LeaseLost:\n",
            "            except KeyError:\n",
            "integration/test_races.py integration/test_sessions.py",
        ),
        (
            "no turn is taken",
            "            turn_in = self.limiter.take(pace, self.clock())\n",
            "            turn_in = 0\n",
        ),
        (
            "an account that is gone is not replaced",
            "return self.jumio.open_execution(request, account_id=None, deadline=in_time)",
            "raise",
            "integration/test_replaced.py integration/test_sessions.py",
        ),
        (
            "a new account for each execution",
            "known = standing.account.account_id\n",
            "known = None\n",
        ),
    ),
    *_of(
        "use_cases/settle_execution.py",
        (
            "adoption while the lease is held",
            "if known.account.lease_until > self.clock():",
            "if False:",
            "exploration/test_guards.py",
        ),
        (
            "another execution's hint is taken",
            "adopted = known if known.execution.ids == hint.ids else None",
            "adopted = known",
            "integration/test_receive_callback.py integration/test_outcomes.py integration/test_outcomes_odd_cases.py",
        ),
        ("an orphan is not told of", "if adopted:\n", "if True:\n", "integration/test_adoption.py"),
        (
            "adoption without Jumio's word",
            "if not (_confirmed(hint, reading) or self._may_be(hint, reading, known)):",
            "if False:",
            "integration/test_adoption.py",
        ),
        (
            "a leftover is deleted without Jumio's word",
            "if not _confirmed(hint, reading) or self.erasures.on_record(hint.account_id):",
            "if self.erasures.on_record(hint.account_id):",
            "exploration/test_guards.py",
        ),
        (
            "a leftover is deleted that is somebody's",
            "if not _confirmed(hint, reading) or self.erasures.on_record(hint.account_id):",
            "if not _confirmed(hint, reading):",
            "exploration/test_guards.py",
        ),
        (
            "a leftover is deleted of nobody erased",
            "if self.erasures.erased_at(hint.user_key) is None:",
            "if False:",
            "exploration/test_guards.py",
        ),
        (
            "a leftover stays",
            "        self.advance.jumio.delete_account(hint.account_id, deadline=deadline)\n",
            "",
        ),
        (
            "recorded as told before it is",
            "        self.bus.publish(execution, known.account, execution.news[1])\n        try:\n            self.store.published(execution, self.end_retention.over_at(execution))\n",
            "        try:\n            self.store.published(execution, self.end_retention.over_at(execution))\n            self.bus.publish(execution, known.account, execution.news[1])\n",
        ),
        (
            "what was not told before is not told",
            "        self._tell_outcome(known)\n        if before",
            "        if before",
        ),
        (
            "a new outcome is not told",
            "        if now_known is not known:\n            self._tell_outcome(now_known)\n",
            "",
        ),
    ),
    *_of(
        "use_cases/erase_subject.py",
        (
            "what was kept is read before the lease",
            "        kept = store.kept(user_key)  # nothing is opened from here on\n",
            "",
        ),
        (
            "nothing is deleted at Jumio",
            "            jumio.delete_account(account_id, deadline=deadline)\n",
            "            pass\n",
        ),
        (
            "deleted at Jumio last",
            "        for account_id in kept.account_ids:\n            jumio.delete_account(account_id, deadline=deadline)\n        store.remove(user_key, kept, owner=erasure, now=now)\n",
            "        store.remove(user_key, kept, owner=erasure, now=now)\n        for account_id in kept.account_ids:\n            jumio.delete_account(account_id, deadline=deadline)\n",
        ),
        (
            "who has come back under the lease is erased",
            "        if spared(kept):\n            store.let_go",
            "        if False:\n            store.let_go",
            "integration/test_retention.py integration/test_restored.py",
        ),
        (
            "who is not erased is locked out",
            "            store.let_go(user_key, erasure)\n",
            "",
            "integration/test_retention.py",
        ),
    ),
    *_of(
        "use_cases/end_retention.py",
        (
            "what is under way does not keep its person",
            "if isinstance(one, Execution) and one.closed else",
            "if isinstance(one, Execution) else",
            "integration/test_retention.py",
        ),
        (
            "what is retained for ever does not keep its person",
            "math.inf if end is None else end for end in ends",
            "end for end in ends if end is not None",
            "integration/test_retention.py",
        ),
        (
            "a review is given up",
            "return None if execution.under_review else",
            "return",
            "integration/test_retention.py",
        ),
        (
            "what is not over yet is forgotten",
            "self.store.keep(execution, over_at)",
            "self.store.keep(execution, None)",
            "integration/test_retention.py",
        ),
    ),
    *_of(
        "use_cases/advance_execution.py",
        (
            "old news are recorded",
            "if not known.execution.leads_to(state, news.effect.verdict):",
            "if False:",
        ),
        (
            "whoever was overtaken gives up",
            "                known = self.known(known.execution)\n                continue\n",
            "                return known\n",
        ),
    ),
    *_of(
        "use_cases/sweep_overdue.py",
        (
            "what was never opened is looked at for ever",
            "if found.hint is None:",
            "if False:",
        ),
        (
            "the hint before the look",
            "            self.store.look(found, now + next_look(found.looks))\n",
            "",
            "integration/test_sweeper.py integration/test_sweep_of_many.py",
        ),
    ),
    *_of(
        "use_cases/create_session.py",
        (
            "an answered screening is opened again",
            "if step.name in errand.sent:\n",
            "if False:\n",
            "integration/test_journey_data.py integration/test_journeys.py",
        ),
        (
            "a running key is not waited for",
            "            if used.running:\n",
            "            if False:\n",
            "integration/test_idempotency.py",
        ),
        (
            "a key for another request",
            '            if claim and claim.fingerprint != used.fingerprint:\n                raise IdempotencyKeyReused("Use a new key for a new request.")\n',
            "",
            "integration/test_idempotency.py",
        ),
        (
            "a renewed session is renewed for each retry",
            "not self.opened and standing.used_key(now) is None",
            "standing.used_key(now) is None",
            "integration/test_sessions.py integration/test_journey_data.py",
        ),
        (
            "the lease is not looked at",
            "                if standing.account.lease_until <= now:\n",
            "                if True:\n",
        ),
    ),
    *_of(
        "domain/standing.py",
        (
            "a session does not move the revision",
            "revision=self.revision + 1,",
            "revision=self.revision,",
        ),
        (
            "an attempt is not counted",
            "attempts={**self.attempts, step: (*self.attempts.get(step, ()), at)},",
            "attempts=self.attempts,",
            "unit/domain integration/test_sessions.py integration/test_limits.py",
        ),
        (
            "a session is handed out of an erasure",
            "if session is None or self.account.erasing or",
            "if session is None or",
        ),
        (
            "a session that was replaced is handed out",
            "or session.reference != self.progress.reference:",
            "or False:",
            "exploration/test_guards.py",
        ),
        (
            "a session that is about to end is handed out",
            "session.expires_at - SESSION_MARGIN > now",
            "session.expires_at > now",
            "unit/domain integration/test_sessions.py",
        ),
        (
            "a lapsed key counts",
            "if used is None or used.expires_at <= now:",
            "if used is None:",
            "unit/domain integration/test_idempotency.py",
        ),
        (
            "an abandoned key counts",
            "abandoned = used.running and self.account.lease_until <= now",
            "abandoned = False",
            "unit/domain integration/test_idempotency.py",
        ),
    ),
    *_of(
        "domain/effects.py",
        (
            "a newer execution's progress is overwritten",
            "    elif not current:\n",
            "    elif False:\n",
            "unit/domain",
        ),
        (
            "what is revoked stands",
            "elif reference == progress.approved_by or (",
            "elif (",
            "integration/test_validity.py",
        ),
        (
            "revoking an older approval ends the renewal",
            "(own is State.APPROVED and open_again)",
            "open_again",
            "integration/test_validity.py",
        ),
    ),
    *_of(
        "store/breaker.py",
        (
            "nobody hears that Jumio is down",
            'if pace.get("failing", 0) >= _IN_A_ROW:',
            "if False:",
            "integration/test_breaker.py",
        ),
    ),
    *_of(
        "domain/execution.py",
        (
            "expired means declined",
            '"SESSION_EXPIRED": State.EXPIRED,',
            '"SESSION_EXPIRED": State.DECLINED,',
            "unit/domain",
        ),
        (
            "a decision before the end counts",
            "if status != PROCESSED:",
            "if decision is None and status != PROCESSED:",
            "unit/domain",
        ),
        (
            "the same news move a review",
            "judged = state in (State.APPROVED, State.DECLINED) and state is not self.state",
            "judged = state in (State.APPROVED, State.DECLINED)",
            "unit/domain integration/test_review.py",
        ),
        (
            "rank is not looked at",
            "return self.state.rank < state.rank",
            "return self.state.rank <= state.rank",
            "unit/domain integration/test_outcomes.py",
        ),
    ),
    *_of(
        "domain/backoff.py",
        (
            "the first failure holds back",
            "return 0 if failures < 2 else",
            "return 0 if failures < 1 else",
            "unit/domain",
        ),
        (
            "failures are never forgotten",
            "past = 0 if now > self.not_before + _FORGOTTEN else self.number",
            "past = self.number",
            "unit/domain",
        ),
    ),
    *_of(
        "store/outcomes.py",
        (
            "whoever is back is looked at each time",
            'When(f"attribute_exists(#pk) AND ({seen})", {"before": now - BETWEEN_RETURNS})',
            'When("attribute_exists(#pk)")',
            "integration/test_after_jumio.py integration/test_get_verification.py",
        ),
        (
            "whoever is back recreates what is erased",
            'When(f"attribute_exists(#pk) AND ({seen})"',
            'When(f"({seen})"',
        ),
        (
            "what has ended is looked at as its person is back",
            "return found.hint if found and not found.state.final else None",
            "return found.hint if found else None",
            "integration/test_after_jumio.py integration/test_get_verification.py",
        ),
        (
            "an approval never lapses",
            "next_at = min(filter(None, (execution.lapses_at, over_at)), default=None)",
            "next_at = over_at",
        ),
        (
            "a lapse recreates a deleted row",
            "_TOLD, due_at=over_at, valid_until=None",
            'When(""), due_at=over_at, valid_until=None',
        ),
        (
            "a lapse stays due",
            "_TOLD, due_at=over_at, valid_until=None",
            "_TOLD, due_at=execution.due_at, looks=0",
        ),
        (
            "an operator's word is judged by its rank",
            "if execution.under_review or news.manual:",
            "if execution.under_review:",
            "integration/test_review.py integration/test_decisions.py integration/test_validity.py",
        ),
        (
            "what an operator says takes Jumio's decision away",
            """    if news.manual:
        changes = {"manual\"""",
            """    if news.manual:
        changes |= {"decision": None, "manual\"""",
            "integration/test_review.py integration/test_decisions.py",
        ),
    ),
    *_of(
        "use_cases/settle_execution.py",
        (
            "a lapse that a newer approval has followed is told",
            "if known.progress.approved_by == execution.reference:",
            "if True:",
            "integration/test_validity.py",
        ),
        (
            "a lapse is noted and not told",
            "            self.bus.publish(execution, known.account, at, lapsed=True)\n",
            "",
        ),
        (
            "a lapse is noted before it is told",
            "        if known.progress.approved_by == execution.reference:\n",
            "        self.store.lapsed(execution)\n        if known.progress.approved_by == execution.reference:\n",
        ),
        (
            "a lapse before its time",
            "if at is None or at > self.clock() or execution.unpublished:",
            "if at is None or execution.unpublished:",
        ),
        (
            "a lapse before its approval is told",
            "if at is None or at > self.clock() or execution.unpublished:",
            "if at is None or at > self.clock():",
            "integration/test_validity.py",
        ),
    ),
    *_of(
        "use_cases/decide_review.py",
        (
            "an operator's word waits for the sweeper",
            "            self._have_it_told(known)\n            return {",
            "            return {",
            "integration/test_review.py integration/test_decisions.py",
        ),
        (
            "a word about what it is not about",
            "if known.execution.verdict is not _ABOUT[word.decision]:",
            "if False:",
            "integration/test_review.py integration/test_decisions.py integration/test_operators_functions.py",
        ),
        (
            "a decision before the review was told",
            "        if known.execution.unpublished:  # outcomes",
            "        if False:  # outcomes",
            "integration/test_review.py integration/test_decisions.py",
        ),
        (
            "a repetition decides anew",
            "            if made is None:\n",
            "            if True:\n",
            "integration/test_review.py integration/test_decisions.py",
        ),
        (
            "a decision about another journey's execution",
            "if known is None or known.execution.journey != word.journey:",
            "if known is None:",
            "integration/test_review.py integration/test_decisions.py",
        ),
    ),
    *_of(
        "use_cases/get_verification.py",
        (
            "nobody looks as a person is back",
            "looking = returned and state in (State.PENDING, State.STARTED)",
            "looking = False",
            "integration/test_after_jumio.py integration/test_get_verification.py",
        ),
        (
            "whoever only asks is looked at",
            "looking = returned and state",
            "looking = state",
            "integration/test_after_jumio.py integration/test_get_verification.py",
        ),
        (
            "trouble of a look is trouble of the answer",
            "with contextlib.suppress(ConditionFailed, TemporarilyUnavailable):",
            "with contextlib.suppress(ConditionFailed):",
            "integration/test_after_jumio.py integration/test_get_verification.py",
        ),
    ),
    *_of(
        "use_cases/open_execution.py",
        (
            "what Jumio knows of the last attempt is not asked",
            "if self.advance.caught_up(opening.user_key, seen, soon) != seen:",
            "if False:",
            "integration/test_after_jumio.py integration/test_replaced.py integration/test_lost_callbacks.py integration/test_sessions.py",
        ),
        (
            "who renews does not tell the breaker",
            "            watch.ended(problem)\n            raise\n        attempt",
            "            raise\n        attempt",
            "integration/test_breaker.py",
        ),
        (
            "a success does not tell the breaker",
            "        watch.ended()\n        return session",
            "        return session",
            "integration/test_breaker.py",
        ),
    ),
    *_of(
        "use_cases/advance_execution.py",
        (
            "whoever was declined begins anew behind the worker's back",
            "        if now_known.progress.state is State.DECLINED:\n            raise in_progress\n",
            "",
            "integration/test_replaced.py integration/test_after_jumio.py",
        ),
        (
            "a review that Jumio has deleted expires",
            "if execution.under_review and not isinstance(nothing, ResultNotAtProvider):",
            "if False:",
            "integration/test_review.py integration/test_outcomes_odd_cases.py",
        ),
        (
            "what is not there once is gone",
            "if not overdue(execution.looks):",
            "if False:",
            "exploration/test_guards.py",
        ),
    ),
    *_of(
        "use_cases/erase_subject.py",
        (
            "whoever has come back is erased again",
            'if spared(kept):\n        return Erased("came-back", None, None)',
            'if False:\n        return Erased("came-back", None, None)',
            "integration/test_restored.py",
        ),
        (
            "whoever comes back right now is erased again",
            "        if spared(kept):\n            store.let_go",
            "        if False:\n            store.let_go",
            "integration/test_restored.py",
        ),
    ),
    *_of(
        "use_cases/tell_story.py",
        ("the story forgets operators", "for one in execution.manual:", "for one in ():"),
        (
            "the story forgets an erasure",
            "if erased_at is not None else []",
            "if erased_at is None else []",
        ),
        (
            "the story forgets ends",
            "if execution.settled_at is not None:",
            "if execution.decision is not None:",
        ),
        (
            "the story is in no order",
            "        told.sort(key=lambda entry: entry[0])\n",
            "        told.sort(key=lambda entry: -entry[0])\n",
        ),
    ),
    *_of(
        "domain/eligibility.py",
        (
            "an approval stands for ever",
            "return now < progress.valid_until",
            "return True",
            "unit/domain integration/test_validity.py",
        ),
        (
            "a step that was passed long ago counts",
            "return at is not None and (step.validity is None or now < at + step.validity)",
            "return at is not None",
            "unit/domain integration/test_validity.py integration/test_journeys.py",
        ),
        (
            "a screening declines for ever",
            "return step.validity is None or now < (progress.updated_at or 0) + step.validity",
            "return True",
            "unit/domain integration/test_journeys.py",
        ),
        (
            "an approval of an older journey stands",
            "    if is_outdated(journey, progress):\n        return False\n",
            "",
            "unit/domain integration/test_validity.py integration/test_journeys.py",
        ),
        (
            "what was declined before it lapsed is declined",
            "    if progress.state is State.APPROVED or before:\n",
            "    if progress.state is State.APPROVED:\n",
            "unit/domain integration/test_validity.py",
        ),
    ),
    *_of(
        "domain/effects.py",
        (
            "a declined renewal takes every approval away",
            'declined = verdict is State.DECLINED and journey.failed_renewal == "revoke"',
            "declined = verdict is State.DECLINED",
            "unit/domain integration/test_validity.py",
        ),
        (
            "an approval does not say what it was for",
            "            progress = replace(progress, approved_for=journey.fingerprint)\n",
            "",
            "unit/domain integration/test_validity.py",
        ),
        (
            "an approval has no end",
            "return min((passed[one.name] + one.validity for one in steps if one.validity), default=None)",
            "return None",
            "unit/domain integration/test_validity.py",
        ),
        (
            "the last of the steps to lapse ends an approval",
            "return min((passed[one.name]",
            "return max((passed[one.name]",
            "unit/domain",
        ),
        (
            "a screening is gone through again at each renewal",
            "passed = {name: when for name, when in passed.items() if journey.is_screening(name)}",
            "passed = {}",
            "unit/domain integration/test_journeys.py integration/test_validity.py integration/test_journey_data.py",
        ),
        (
            "a tip for whoever was approved",
            "return decision.tip if verdict in (State.DECLINED, State.EXPIRED) else None",
            "return decision.tip",
            "unit/domain integration/test_hints.py",
        ),
        (
            "whoever finished is told that they did not",
            'begun = step.kind == "user" and before.state in (State.PENDING, State.STARTED)',
            'begun = step.kind == "user"',
            "unit/domain integration/test_hints.py integration/test_outcomes_odd_cases.py integration/test_lost_callbacks.py",
        ),
        (
            "a journey that goes on is over",
            "if _another_follows(journey, step, replace(progress, passed=passed), at):",
            "if False:",
            "unit/domain integration/test_journeys.py",
        ),
    ),
    *_of(
        "domain/schedule.py",
        (
            "nobody looks before a token ends",
            "return min(max(FIRST_LOOK, age // 2), _DAY)",
            "return _DAY * 99",
            "integration/test_lost_callbacks.py integration/test_sweeper.py unit/domain",
        ),
    ),
    *_of(
        "store/breaker.py",
        (
            "everybody tries Jumio while it is down",
            'probing, _ = self._table.step(LIMITER_KEY, "SET #probe_at = :next", When(due, seen))',
            "probing = True",
            "integration/test_breaker.py",
        ),
        (
            "whoever has waited does not try Jumio",
            "            if probing:\n                return\n",
            "",
            "integration/test_breaker.py",
        ),
        (
            "a success lets nobody in",
            'self.table.step(LIMITER_KEY, "REMOVE #failing, #probe_at", ALWAYS)',
            "pass",
            "integration/test_breaker.py",
        ),
        (
            "what Jumio refuses counts as its being down",
            "if isinstance(trouble, ProviderUnavailable):",
            "if trouble:",
            "integration/test_breaker.py",
        ),
        (
            "a silent Jumio counts only once its time is over",
            "patience=_SILENT, unanswered=self._count",
            "patience=_SILENT",
            "integration/test_breaker.py",
        ),
        (
            "who was answered late is counted for ever",
            "elif self.counted or (",
            "elif (",
            "integration/test_breaker.py",
        ),
        (
            "silence and its end are counted as two",
            "        if self.counted:\n            return\n",
            "",
            "integration/test_breaker.py",
        ),
        (
            "nobody hears that a probe was in vain",
            "if in_vain or now_known",
            "if now_known",
            "integration/test_breaker.py",
        ),
        (
            "a wrong clock keeps everybody out",
            " OR #probe_at > :latest",
            "",
            "integration/test_breaker.py integration/test_clocks.py",
        ),
    ),
    *_of(
        "domain/eligibility.py",
        (
            "an approval is repeated",
            "return AlreadyVerified(_PASSED) if stays and approval_stands(journey, progress, now) else None",
            "return None",
        ),
        (
            "attempts are never used up",
            "remaining := max(0, limits.limit - len(recent))",
            "remaining := max(1, limits.limit - len(recent))",
            "unit/domain",
        ),
        (
            "nobody is held back",
            "if wait := account.held_back_for(now):",
            "if (wait := account.held_back_for(now)) < 0:",
            "unit/domain integration/test_limits.py",
        ),
        (
            "a review is nothing in progress",
            "    if progress.state in (State.PROCESSING, State.REVIEW):\n",
            "    if progress.state is State.PROCESSING:\n",
            "unit/domain",
        ),
    ),
]

EQUIVALENT: dict[str, str] = {
    "the lease is not looked at": "the intent's own condition refuses; only a write is spared",
    "what has ended is looked at as its person is back": "the worker finds nothing to move",
    "a lapse before its approval is told": "the same call has just told the approval",
    "whoever begins may be on record elsewhere": "whoever has not heard of the rotation gets no"
    " turn; it is the second lock, for a table that has lost the record of its peppers",
}
"""Mutations that change nothing that anybody could see, and why."""
