"""The server's own tokens: whose they are, what is none, and the key that they are signed with."""

import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest
from bson import ObjectId
from pydantic import SecretStr, ValidationError

from graphql_api.auth.errors import InvalidToken
from graphql_api.auth.minting import mint
from graphql_api.auth.own_tokens import OWN_PREFIX, OwnTokens, SignedIn, Visitor
from graphql_api.settings import Settings, SettingsError
from graphql_api.signing_keys import ensure_secret, ensure_token_secret
from models.principal import OWN_ISSUER, Identity, Visit
from models.tables import PORTALS
from tests.graphql_api.auth.issuer import AUDIENCE, HS256_RULES, compact, hs256

RULES = replace(HS256_RULES, issuer=OWN_ISSUER, secret="own" * 16)
TOKENS = OwnTokens(RULES, PORTALS)
KEY, ORIGIN = "6560f00000000000000000aa", "6560f00000000000000000bb"
BUYER = next(portal for portal in PORTALS if portal.subject == "estate-buyer")


async def test_a_sign_in_is_a_person() -> None:
    began = int(time.time())
    token = TOKENS.give(f"account:{KEY}:{ORIGIN}", 900)
    assert token.text.startswith("tok_ey")
    assert 900 <= token.expiresAt / 1000 - began <= 902
    assert await TOKENS.caller(token.text) == SignedIn(
        Identity(OWN_ISSUER, KEY, session=ObjectId(ORIGIN)), token.expiresAt // 1000
    )


async def test_a_portal_is_a_visitor() -> None:
    token = TOKENS.give(f"estate-buyer:{KEY}:7", 900)
    assert await TOKENS.caller(token.text) == Visitor(Visit(BUYER, ObjectId(KEY), 7), token.expiresAt // 1000)


def test_no_portal_is_called_like_a_sign_in() -> None:
    subjects = [portal.subject for portal in PORTALS]
    assert len({*subjects, "account"}) == len(subjects) + 1
    assert not any(":" in subject for subject in subjects)


@pytest.mark.parametrize(
    "subject",
    [
        "account",
        f"account:{KEY}",
        f"account:{KEY}:",
        f"account:{KEY}:{ORIGIN}:x",
        f"account:{KEY}:{ORIGIN}\0",
        f"account:{KEY}:1",
        f"account:x:y:{ORIGIN}",
        f"account::{KEY}:{ORIGIN}",
        f"Account:{KEY}:{ORIGIN}",
        f" account:{KEY}:{ORIGIN}",
        f"estate-buyer:{KEY}:",
        f"estate-buyer:{KEY}:x",
        f"estate-buyer:{KEY}:{ORIGIN}",
        "estate-buyer:x:1",
        f"estate-nobody:{KEY}:1",
        f":{KEY}:1",
        "service:billing:1",
        "::",
    ],
)
async def test_other_subjects_are_refused(subject: str) -> None:
    """Even with the right signature."""
    with pytest.raises(InvalidToken) as refused:
        await TOKENS.caller(TOKENS.give(subject, 900).text)
    assert refused.value.reason == "subject"


@pytest.mark.parametrize(
    ("rules", "seconds", "reason"),
    [
        (replace(RULES, issuer=HS256_RULES.issuer), 900, "issuer"),
        (replace(RULES, issuer=OWN_ISSUER + "/"), 900, "issuer"),
        (replace(RULES, audience="others"), 900, "audience"),
        (replace(RULES, secret=HS256_RULES.secret), 900, "signature"),
        (RULES, -31, "expired"),
    ],
    ids=["issuer", "longer issuer", "audience", "signature", "expired"],
)
async def test_other_tokens_are_refused(rules: object, seconds: int, reason: str) -> None:
    token = mint(rules, f"account:{KEY}:{ORIGIN}", lifetime_seconds=seconds)  # type: ignore[arg-type]  # a TokenRules
    with pytest.raises(InvalidToken) as refused:
        await TOKENS.caller(OWN_PREFIX + token)
    assert refused.value.reason == reason


@pytest.mark.parametrize("algorithm", ["none", "None", "RS256", "HS512"])
async def test_other_algorithms_are_refused(algorithm: str) -> None:
    payload = {"iss": OWN_ISSUER, "aud": AUDIENCE, "sub": f"account:{KEY}:{ORIGIN}", "exp": 4_000_000_000}
    assert RULES.secret is not None
    token = compact({"alg": algorithm, "typ": "JWT"}, payload, hs256(RULES.secret))
    for text in (token, token.rpartition(".")[0] + ".", token.rpartition(".")[0]):
        with pytest.raises(InvalidToken):
            await TOKENS.caller(OWN_PREFIX + text)


@pytest.mark.parametrize("text", ["", "tok_", "x", "..", "tok_tok_x.y.z", "é", "x" * 100_000])
async def test_junk_is_refused(text: str) -> None:
    with pytest.raises(InvalidToken):
        await TOKENS.caller(OWN_PREFIX + text)


async def test_a_doubled_prefix_is_none() -> None:
    token = TOKENS.give(f"account:{KEY}:{ORIGIN}", 900).text
    with pytest.raises(InvalidToken):
        await TOKENS.caller(OWN_PREFIX + token)


def settings(folder: Path, **given: object) -> Settings:
    """Settings that nothing of the environment changes."""
    return Settings(_env_file=None, **{"auth_secret": None, "token_secret": None, "data_dir": folder, **given})  # type: ignore[arg-type]  # names with values of all kinds


A, B = SecretStr("a" * 32), SecretStr("b" * 32)


def test_the_key_that_is_set_is_used(tmp_path: Path) -> None:
    assert ensure_token_secret(settings(tmp_path, token_secret=A, auth_secret=B)) == "a" * 32
    assert ensure_token_secret(settings(tmp_path, token_secret=A)) == "a" * 32
    assert list(tmp_path.iterdir()) == []


def test_without_one_it_is_made_of_the_other(tmp_path: Path) -> None:
    """The same on every server that has the same `AUTH_SECRET`, and not that secret itself."""
    made = ensure_token_secret(settings(tmp_path, auth_secret=A))
    assert made == ensure_token_secret(settings(tmp_path / "elsewhere", auth_secret=A))
    assert made != ensure_token_secret(settings(tmp_path, auth_secret=B))
    assert (len(made), "a" * 32 in made) == (64, False)
    assert list(tmp_path.iterdir()) == []


def test_without_any_it_is_kept_from_one_start_to_the_next(tmp_path: Path) -> None:
    given = settings(tmp_path)
    made = ensure_token_secret(given)
    assert (ensure_token_secret(given), len(made)) == (made, 64)
    assert ensure_secret(given) != made
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {
        "secret": 0o600,
        "token_secret": 0o600,
    }


def test_a_kept_key_that_was_cut_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token_secret").write_text("short")
    with pytest.raises(SettingsError, match="must hold 32 characters or more"):
        ensure_token_secret(settings(tmp_path))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"auth_issuer": OWN_ISSUER}, "must be the identity provider's"),
        ({"token_secret": A, "auth_secret": A}, "must be another one than AUTH_SECRET"),
        ({"token_secret": SecretStr("short")}, "must be 32 bytes or more"),
    ],
    ids=["our issuer", "one secret for both", "short"],
)
def test_settings_that_would_let_a_provider_be_anybody(tmp_path: Path, given: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        settings(tmp_path, **given)
