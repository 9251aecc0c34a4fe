import asyncio
import base64
import json

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from server_stub.accounts.errors import (
    InvalidGrantError,
    SessionNotFoundError,
    TokenRejectedError,
)
from server_stub.accounts.service import AccountsService, sessions
from server_stub.accounts.service.tokens import _derived, token_hash

KEY = bytes(range(32))
SIGNING = OctKey.import_key(_derived(KEY, b"access"))
DAY = 86_400


async def rejected(accounts, token):
    with pytest.raises(TokenRejectedError):
        await accounts.authenticate(token)


async def refused(accounts, token):
    with pytest.raises(InvalidGrantError):
        await accounts.refresh(token)


class TestAccessTokens:
    async def test_they_live_fifteen_minutes(self, accounts, sign_in, clock):
        token = (await sign_in()).access_token
        clock.advance(899)
        assert await accounts.authenticate(token)
        clock.advance(1)
        await rejected(accounts, token)

    async def test_what_they_say(self, sign_in, ada, clock):
        token = (await sign_in()).access_token
        claims = jwt.decode(token, SIGNING, ["HS256"]).claims
        now = int(clock.now())

        assert (claims["iss"], claims["aud"], claims["sub"]) == ("segue", "segue-api", ada.id)
        assert (claims["iat"], claims["exp"]) == (now, now + 900)
        assert claims["jti"] != claims["sid"]

    @pytest.mark.parametrize(
        ("header", "changed"),
        [
            ({"typ": "JWT"}, {}),
            ({"alg": "HS512"}, {}),
            ({}, {"iss": "other"}),
            ({}, {"aud": "other"}),
            ({}, {"exp": None}),
            ({}, {"iat": None}),
            ({}, {"jti": None}),
            ({}, {"sid": None}),
            ({}, {"sid": 5}),
            ({}, {"sub": None}),
            ({}, {"sub": "x" * 22}),
            ({}, {"aud": None}),
            ({}, {"exp": 1}),
            ({}, {"exp": "never"}),
        ],
    )
    async def test_signed_but_wrong_ones_are_rejected(self, accounts, sign_in, header, changed):
        good = jwt.decode((await sign_in()).access_token, SIGNING, ["HS256"]).claims
        claims = {k: v for k, v in {**good, **changed}.items() if v is not None}
        head = {"alg": "HS256", "typ": "at+jwt", **header}

        await rejected(accounts, jwt.encode(head, claims, SIGNING, ["HS256", "HS512"]))

    async def test_unsigned_and_forged_ones_are_rejected(self, accounts, sign_in):
        token = (await sign_in()).access_token
        head, body, signature = token.split(".")
        none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt"}).encode())
        other = jwt.encode(
            {"alg": "HS256", "typ": "at+jwt"},
            jwt.decode(token, SIGNING, ["HS256"]).claims,
            OctKey.import_key(bytes(32)),
        )
        flipped = signature[:-2] + ("A" if signature[-2] != "A" else "B") + signature[-1]
        for forged in (
            f"{none.decode().rstrip('=')}.{body}.",
            f"{none.decode().rstrip('=')}.{body}.{signature}",
            f"{head}.{body}.{flipped}",
            f"{head}.{body}.",
            f"{head}.{body}",
            other,
            token + "x" * 3000,
            "",
            ".",
            "..",
            "a.b.c",
            "é.ü.ß",
            "\ud800",
        ):
            await rejected(accounts, forged)

    async def test_another_servers_tokens_are_rejected(self, accounts, sign_in, stores, clock):
        elsewhere = AccountsService(stores, token_key=bytes(32), clock=clock)
        await rejected(elsewhere, (await sign_in()).access_token)
        elsewhere.close()

    async def test_a_revoked_sessions_token_ends_at_once(self, accounts, sign_in):
        tokens = await sign_in()
        assert await accounts.authenticate(tokens.access_token)
        await accounts.revoke(tokens.refresh_token)

        await rejected(accounts, tokens.access_token)
        await refused(accounts, tokens.refresh_token)

    async def test_what_another_process_did_is_seen_soon(self, accounts, sign_in, stores, clock):
        token = (await sign_in()).access_token
        principal = await accounts.authenticate(token)
        await stores.sessions.revoke(principal.session_id, int(clock.now()))

        assert await accounts.authenticate(token) == principal
        clock.advance(10)
        await rejected(accounts, token)

    async def test_a_revocation_during_a_look_up_is_not_forgotten(
        self, accounts, sign_in, stores, monkeypatch
    ):
        token = (await sign_in()).access_token
        holder, gate, reached = stores.sessions.holder, asyncio.Event(), asyncio.Event()

        async def slow(session_id):
            found = await holder(session_id)
            reached.set()
            await gate.wait()
            return found

        monkeypatch.setattr(stores.sessions, "holder", slow)
        looking = asyncio.create_task(accounts.authenticate(token))
        await reached.wait()
        await accounts.revoke(token)
        gate.set()
        await looking
        await rejected(accounts, token)

    async def test_the_cache_stays_small(self, accounts, ada, monkeypatch):
        monkeypatch.setattr(sessions, "_CACHED", 3)
        for number in range(8):
            assert await accounts.authenticate(await accounts.script_token("Ada", str(number)))
        assert len(accounts._sessions._cache) <= 3

    async def test_a_script_sessions_id_gives_no_access_token(self, accounts, sign_in, ada):
        await accounts.script_token("Ada")
        claims = jwt.decode((await sign_in()).access_token, SIGNING, ["HS256"]).claims
        (script,) = [s for s in await accounts.sessions(ada.id) if s.kind == "script"]
        head = {"alg": "HS256", "typ": "at+jwt"}

        await rejected(accounts, jwt.encode(head, {**claims, "sid": script.id}, SIGNING))
        await rejected(accounts, jwt.encode(head, {**claims, "sid": "none"}, SIGNING))


class TestRefreshTokens:
    async def test_each_is_used_up(self, accounts, sign_in, clock):
        first = await sign_in()
        second = await accounts.refresh(first.refresh_token)
        clock.advance(61)
        third = await accounts.refresh(second.refresh_token)

        all_three = {t.refresh_token for t in (first, second, third)}
        assert len(all_three) == 3
        assert await accounts.authenticate(third.access_token)

    async def test_a_lost_answer_is_given_again(self, accounts, sign_in, clock):
        token = (await sign_in()).refresh_token
        lost = await accounts.refresh(token)
        clock.advance(60)
        again = await accounts.refresh(token)

        assert again.refresh_token == lost.refresh_token
        assert await accounts.authenticate(again.access_token)
        assert await accounts.refresh(again.refresh_token)

    async def test_refreshing_twice_at_once_is_one_rotation(self, accounts, sign_in):
        token = (await sign_in()).refresh_token
        answers = await asyncio.gather(*(accounts.refresh(token) for _ in range(8)))

        assert len({answer.refresh_token for answer in answers}) == 1

    async def test_an_old_token_ends_the_session(self, accounts, sign_in, clock):
        old = (await sign_in()).refresh_token
        new = await accounts.refresh(old)
        clock.advance(61)

        await refused(accounts, old)
        await refused(accounts, new.refresh_token)
        await rejected(accounts, new.access_token)

    async def test_a_token_two_steps_old_ends_the_session_at_once(self, accounts, sign_in):
        old = (await sign_in()).refresh_token
        newest = await accounts.refresh((await accounts.refresh(old)).refresh_token)

        await refused(accounts, old)
        await refused(accounts, newest.refresh_token)

    async def test_a_clock_set_back_gives_no_second_chance(self, accounts, sign_in, clock):
        old = (await sign_in()).refresh_token
        await accounts.refresh(old)
        clock.advance(-5)

        await refused(accounts, old)

    async def test_other_sessions_go_on(self, accounts, sign_in, clock):
        stolen, other = await sign_in("one"), await sign_in("two")
        await accounts.refresh(stolen.refresh_token)
        clock.advance(61)
        await refused(accounts, stolen.refresh_token)

        assert await accounts.refresh(other.refresh_token)

    async def test_who_stays_away_signs_in_again(self, accounts, sign_in, clock, ada):
        token = (await sign_in()).refresh_token
        clock.advance(90 * DAY - 1)
        token = (await accounts.refresh(token)).refresh_token
        clock.advance(90 * DAY)

        await refused(accounts, token)
        assert await accounts.sessions(ada.id) == ()
        await sign_in()
        assert len(await accounts.sessions(ada.id)) == 1

    @pytest.mark.parametrize("token", ["", "sgr_", "sgr_unknown", "sgt_x", "sgr_" + "x" * 9000])
    async def test_unknown_ones_are_invalid_grants(self, accounts, ada, token):
        await refused(accounts, token)

    async def test_other_tokens_do_not_refresh(self, accounts, sign_in):
        tokens = await sign_in()
        await refused(accounts, tokens.access_token)
        await refused(accounts, await accounts.script_token("Ada"))
        await rejected(accounts, tokens.refresh_token)

    async def test_they_are_kept_as_hashes(self, stores, sign_in):
        token = (await sign_in()).refresh_token

        assert list(stores.sessions._tokens) == [token_hash(token)]

    async def test_a_rotation_that_never_holds_is_refused(
        self, accounts, stores, sign_in, monkeypatch
    ):
        async def rotate(*_):
            return False

        token = (await sign_in()).refresh_token
        monkeypatch.setattr(stores.sessions, "rotate", rotate)
        await refused(accounts, token)


class TestScriptTokensAndSessions:
    async def test_a_script_token_lives_long(self, accounts, ada, clock):
        token = await accounts.script_token("ADA", "backup")
        clock.advance(3650 * DAY)
        principal = await accounts.authenticate(token)

        assert token.startswith("sgt_")
        assert principal.user_id == ada.id
        assert [(s.kind, s.label) for s in await accounts.sessions(ada.id)] == [
            ("script", "backup")
        ]

    async def test_unknown_script_tokens_are_rejected(self, accounts, ada):
        await rejected(accounts, "sgt_unknown")

    @pytest.mark.parametrize("which", ["script", "access", "refresh"])
    async def test_every_token_can_be_revoked(self, accounts, sign_in, which):
        tokens = await sign_in()
        script = await accounts.script_token("Ada")
        revoked = {
            "script": script,
            "access": tokens.access_token,
            "refresh": tokens.refresh_token,
        }[which]
        await accounts.revoke(revoked)

        if which == "script":
            await rejected(accounts, script)
            assert await accounts.authenticate(tokens.access_token)
        else:
            await rejected(accounts, tokens.access_token)
            await refused(accounts, tokens.refresh_token)
            assert await accounts.authenticate(script)

    @pytest.mark.parametrize("token", ["", "x", "sgr_x", "sgt_x", "a.b.c", "x" * 9000, "\ud800"])
    async def test_revoking_unknown_tokens_is_fine(self, accounts, ada, token):
        await accounts.revoke(token)

    async def test_only_the_owner_ends_a_session(self, accounts, sign_in, ada):
        tokens = await sign_in()
        (session,) = await accounts.sessions(ada.id)
        for user_id, session_id in (("stranger", session.id), (ada.id, "none")):
            with pytest.raises(SessionNotFoundError):
                await accounts.end_session(user_id, session_id)
        await accounts.end_session(ada.id, session.id)

        await rejected(accounts, tokens.access_token)
        assert await accounts.sessions(ada.id) == ()
