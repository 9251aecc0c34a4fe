"""Refresh tokens as a state machine: an owner who refreshes, loses answers and waits, and a thief.

The thief copies whatever token the owner holds and uses it later. Whatever they do, a token that
was rotated away longer ago than the grace gives nobody anything and ends the session.
"""

import asyncio

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from server_stub.accounts.errors import InvalidGrantError, TokenRejectedError
from server_stub.accounts.model import AccountsSettings, User
from server_stub.accounts.service.sessions import SessionService
from server_stub.accounts.service.tokens import AccessTokens, RefreshTokens
from server_stub.engines.memory.accounts import memory_accounts
from server_stub.kernel.clock import ManualClock

GRACE = 60
ADA = User("u" * 22, "Ada", "free", "DE", 0)


class RefreshTokenMachine(RuleBasedStateMachine):
    """The model: every token of the session in order of issue, and when each was used."""

    @initialize()
    def sign_in(self):
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock()
        stores = memory_accounts()
        self.loop.run_until_complete(stores.users.add(ADA, "ada", "hash"))
        key = bytes(range(32))
        self.service = SessionService(
            stores.sessions,
            AccessTokens(key, self.clock, 900),
            RefreshTokens(key),
            self.clock,
            AccountsSettings(refresh_grace_s=GRACE),
        )
        tokens = self.run(self.service.open_login(ADA.id, "segue"))
        self.chain = [tokens.refresh_token]
        self.used_at = {}
        self.access = [tokens.access_token]
        self.held = 0
        self.stolen = set()
        self.ended = False

    def run(self, call):
        return self.loop.run_until_complete(call)

    def present(self, number):
        """Refresh with the token of that number; what it must give follows from the model."""
        now = self.clock.now()
        try:
            tokens = self.run(self.service.refresh(self.chain[number]))
        except InvalidGrantError:
            assert self.ended or not self._allowed(number, now)
            self.ended = True
            return None
        assert not self.ended
        assert self._allowed(number, now)
        self.used_at.setdefault(number, now)
        if number + 1 == len(self.chain):
            self.chain.append(tokens.refresh_token)
        assert tokens.refresh_token == self.chain[number + 1]
        self.access.append(tokens.access_token)
        return number + 1

    def _allowed(self, number, now):
        if number not in self.used_at:
            return True
        return number + 1 not in self.used_at and now - self.used_at[number] <= GRACE

    @rule()
    def owner_refreshes(self):
        successor = self.present(self.held)
        self.held = self.held if successor is None else successor

    @rule()
    def owner_refreshes_and_loses_the_answer(self):
        self.present(self.held)

    @rule()
    def thief_copies_the_owners_token(self):
        self.stolen.add(self.held)

    @rule(data=st.data())
    def thief_refreshes(self, data):
        if self.stolen:
            number = data.draw(st.sampled_from(sorted(self.stolen)))
            successor = self.present(number)
            if successor is not None:
                self.stolen.add(successor)

    @rule(seconds=st.sampled_from([1, 30, GRACE, GRACE + 1, 400]))
    def time_passes(self, seconds):
        self.clock.advance(seconds)

    @rule(data=st.data())
    def an_old_token_comes_back_too_late(self, data):
        now = self.clock.now()
        late = [n for n, at in self.used_at.items() if now - at > GRACE]
        if late:
            assert self.present(data.draw(st.sampled_from(late))) is None

    @invariant()
    def an_ended_session_is_ended_for_everybody(self):
        if getattr(self, "ended", False):
            for token in self.access[-3:]:
                try:
                    self.run(self.service.authenticate(token))
                except TokenRejectedError:
                    continue
                raise AssertionError("an access token of an ended session was accepted")

    @invariant()
    def never_two_tokens_are_unused(self):
        if hasattr(self, "chain"):
            assert [n for n in range(len(self.chain)) if n not in self.used_at] == [
                len(self.chain) - 1
            ]

    def teardown(self):
        if hasattr(self, "loop"):
            self.loop.close()


TestRefreshTokens = RefreshTokenMachine.TestCase
TestRefreshTokens.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
