"""How the set of public keys is loaded, kept and renewed, by a real key server that is counted, changed and stopped."""

import asyncio
import json
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from graphql_api.auth import jwks as module
from graphql_api.auth.errors import InvalidToken, KeysUnavailable
from graphql_api.auth.jwks import KeySet
from tests.graphql_api.auth.conftest import Clock
from tests.graphql_api.auth.issuer import KeyServer, jwks, rsa_key, start_key_server

OLD, NEW = rsa_key("old"), rsa_key("new")


@pytest.fixture
def keys(key_server: KeyServer, clock: Clock) -> KeySet:
    """The set of a server that publishes the old key."""
    key_server.document = jwks(OLD.jwk())
    return KeySet(key_server.url, "RS256", clock)


async def found(keys: KeySet, kid: str | None) -> str | None:
    """What became of a search: the id of the key that was found, or the refusal's name."""
    try:
        return (await keys.find(kid)).key_id
    except (InvalidToken, KeysUnavailable) as refusal:
        return type(refusal).__name__


async def arrived(key_server: KeyServer, count: int) -> None:
    """Wait until the server was asked so often."""
    for _ in range(count):
        assert await asyncio.to_thread(key_server.arrivals.acquire, timeout=10)


async def test_nothing_is_loaded_before_it_is_needed(keys: KeySet, key_server: KeyServer) -> None:
    """The server starts while the provider is away."""
    assert key_server.asked == []
    assert await found(keys, "old") == "old"
    assert key_server.asked == ["/keys"]


async def test_a_set_is_asked_for_again_after_ten_minutes(keys: KeySet, key_server: KeyServer, clock: Clock) -> None:
    """Not before; and a key that was withdrawn is then refused."""
    await keys.find("old")
    key_server.document = jwks(NEW.jwk())
    clock.seconds += 599
    assert await found(keys, "old") == "old"
    assert len(key_server.asked) == 1
    clock.seconds += 1
    assert await found(keys, "old") == "InvalidToken"
    assert len(key_server.asked) == 2
    assert await found(keys, "new") == "new"
    assert len(key_server.asked) == 2


async def test_a_new_key_is_fetched_when_it_is_first_seen(keys: KeySet, key_server: KeyServer, clock: Clock) -> None:
    """Rotation: the provider publishes another key and signs with it at once."""
    await keys.find("old")
    key_server.document = jwks(OLD.jwk(), NEW.jwk())
    clock.seconds += 30
    assert await found(keys, "new") == "new"
    assert await found(keys, "old") == "old"
    assert len(key_server.asked) == 2


async def test_an_unknown_key_within_the_pause_is_refused_unasked(
    keys: KeySet, key_server: KeyServer, clock: Clock
) -> None:
    """30 seconds pass between two loads, whether the last found the key or not."""
    await keys.find("old")
    key_server.document = jwks(OLD.jwk(), NEW.jwk())
    clock.seconds += 29
    assert await found(keys, "new") == "InvalidToken"
    assert len(key_server.asked) == 1
    clock.seconds += 1
    assert await found(keys, "nobody") == "InvalidToken"
    assert await found(keys, "nobody else") == "InvalidToken"
    assert len(key_server.asked) == 2


async def test_a_storm_of_unknown_keys_is_one_load(keys: KeySet, key_server: KeyServer, clock: Clock) -> None:
    """Fifty at once, before anything is loaded, within the pause, and after it."""
    storm = [f"unknown-{number}" for number in range(50)]
    for loads in (1, 1, 2):
        results = await asyncio.gather(*(found(keys, kid) for kid in storm))
        assert results == ["InvalidToken"] * 50
        assert len(key_server.asked) == loads
        clock.seconds += 15


async def test_a_storm_at_the_start_is_one_load(keys: KeySet, key_server: KeyServer) -> None:
    """Fifty good tokens at once all wait for the same answer."""
    key_server.gate.clear()
    searches = [asyncio.create_task(found(keys, "old")) for _ in range(50)]
    await arrived(key_server, 1)
    key_server.gate.set()
    assert await asyncio.gather(*searches) == ["old"] * 50
    assert len(key_server.asked) == 1


async def test_a_caller_who_leaves_does_not_end_the_load(keys: KeySet, key_server: KeyServer) -> None:
    """The first one hangs up while the provider is answering; the second gets the key of that same answer."""
    key_server.gate.clear()
    leaving = asyncio.create_task(keys.find("old"))
    await arrived(key_server, 1)
    staying = asyncio.create_task(found(keys, "old"))
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    key_server.gate.set()
    assert await staying == "old"
    assert len(key_server.asked) == 1


async def test_a_provider_that_hangs_delays_one_caller(keys: KeySet, key_server: KeyServer, clock: Clock) -> None:
    """While the first waits for the renewal, the others go on with the keys at hand."""
    await keys.find("old")
    clock.seconds += 600
    key_server.gate.clear()
    first = asyncio.create_task(found(keys, "old"))
    await arrived(key_server, 2)
    assert await found(keys, "old") == "old"
    assert not first.done()
    key_server.gate.set()
    assert await first == "old"


async def test_without_any_keys_nobody_is_told_from_a_stranger(
    keys: KeySet, key_server: KeyServer, clock: Clock
) -> None:
    """A first load that fails is a fault and no refusal; it is tried again every five seconds, and then works."""
    key_server.status = 500
    storm = await asyncio.gather(*(found(keys, "old") for _ in range(50)))
    assert storm == ["KeysUnavailable"] * 50
    assert len(key_server.asked) == 1
    key_server.status = 200
    clock.seconds += 4
    assert await found(keys, "old") == "KeysUnavailable"
    assert len(key_server.asked) == 1
    clock.seconds += 1
    assert await found(keys, "old") == "old"
    assert len(key_server.asked) == 2


async def test_keys_are_kept_for_a_day_while_the_provider_is_away(
    keys: KeySet, key_server: KeyServer, clock: Clock
) -> None:
    """Known keys verify, unknown ones do not; after a day nothing does, until the provider is back."""
    await keys.find("old")
    key_server.status = 503
    clock.seconds += 600
    assert [await found(keys, "old"), await found(keys, "old")] == ["old", "old"]
    assert await found(keys, "new") == "InvalidToken"
    assert len(key_server.asked) == 2
    clock.seconds += 24 * 3600 - 600 - 1
    assert await found(keys, "old") == "old"
    clock.seconds += 1
    assert await found(keys, "old") == "KeysUnavailable"
    key_server.status = 200
    clock.seconds += 30
    assert await found(keys, "old") == "old"


async def test_a_provider_that_is_gone_is_survived(clock: Clock) -> None:
    """Not a bad answer, but none: the port is closed."""
    key_server, stop = start_key_server()
    key_server.document = jwks(OLD.jwk())
    keys = KeySet(key_server.url, "RS256", clock)
    try:
        assert await found(keys, "old") == "old"
    finally:
        stop()
    clock.seconds += 700
    assert await found(keys, "old") == "old"
    assert await found(KeySet(key_server.url, "RS256", clock), "old") == "KeysUnavailable"


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{}",
        b"null",
        b"[]",
        b"5",
        b"<html></html>",
        b"\xff\xfe",
        b'{"keys": {}}',
        b'{"keys": null}',
        b'{"keys": []}',
        b'{"keys": [null, 5, "a", [], {}]}',
        b'{"keys": [' + b"[" * 5000 + b"]" * 5000 + b"]}",
        json.dumps(OLD.jwk()).encode(),
    ],
)
async def test_a_broken_set_replaces_no_keys(
    document: bytes, keys: KeySet, key_server: KeyServer, clock: Clock
) -> None:
    """It counts as no answer: the old keys stay, and at the start there are none."""
    await keys.find("old")
    key_server.document = document
    clock.seconds += 600
    assert await found(keys, "old") == "old"
    assert len(key_server.asked) == 2
    assert await found(KeySet(key_server.url, "RS256", clock), "old") == "KeysUnavailable"


async def test_redirects_are_not_followed(keys: KeySet, key_server: KeyServer) -> None:
    """They could lead into the network behind the server."""
    key_server.status = 302
    key_server.headers = {"Location": "/elsewhere"}
    assert await found(keys, "old") == "KeysUnavailable"
    assert key_server.asked == ["/keys"]


async def test_256_kib_are_the_limit(keys: KeySet, key_server: KeyServer, clock: Clock, tmp_path: Path) -> None:
    """One byte more is refused, from a server and from a file."""
    exact = jwks(OLD.jwk()).ljust(256 * 1024)
    path = tmp_path / "keys.json"
    for document, result in ((exact, "old"), (exact + b" ", "KeysUnavailable")):
        key_server.document = document
        path.write_bytes(document)
        assert await found(KeySet(key_server.url, "RS256", clock), "old") == result
        assert await found(KeySet(str(path), "RS256", clock), "old") == result


async def test_an_endless_answer_is_cut_off(keys: KeySet, key_server: KeyServer) -> None:
    """64 MiB announced and sent: the client hangs up at the limit."""
    key_server.document = b" " * (64 * 1024 * 1024)
    assert await found(keys, "old") == "KeysUnavailable"
    assert await asyncio.to_thread(key_server.hung_up.wait, 10)


async def test_a_dripping_answer_meets_the_deadline(
    keys: KeySet, key_server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline is for the whole: each byte comes well in time."""
    monkeypatch.setattr(module, "FETCH_SECONDS", 0.3)
    key_server.pause_between_bytes = 0.02
    assert await found(keys, "old") == "KeysUnavailable"
    assert await asyncio.to_thread(key_server.hung_up.wait, 10)


async def test_a_failed_load_is_logged_without_the_password(key_server: KeyServer, clock: Clock) -> None:
    """The operator learns why; the URL, which may hold a password, is not repeated."""
    key_server.status = 500
    keys = KeySet(key_server.url.replace("//", "//user:password@"), "RS256", clock)
    with capture_logs() as lines:
        assert await found(keys, "old") == "KeysUnavailable"
    error = "ValueError: the provider answered with status 500"
    expected = {"event": "signing keys not loaded", "error": error, "kept": 0, "log_level": "warning"}
    assert lines == [expected]


async def test_a_missing_file_is_a_missing_provider(clock: Clock, tmp_path: Path) -> None:
    """And it is read again when it is there."""
    path = tmp_path / "keys.json"
    keys = KeySet(str(path), "RS256", clock)
    assert await found(keys, "old") == "KeysUnavailable"
    path.write_bytes(jwks(OLD.jwk()))
    clock.seconds += 5
    assert await found(keys, "old") == "old"


@pytest.mark.parametrize(
    "source",
    [
        "http://keys.example/jwks",
        "http://127.0.0.1.evil.example/jwks",
        "http://localhost.evil.example/jwks",
        "http://localhost@evil.example/jwks",
        "http://10.0.0.1/jwks",
        "http://0.0.0.0/jwks",
        "http:///jwks",
        "https:///jwks",
        "ftp://127.0.0.1/jwks",
        "file:///etc/passwd",
        "://",
    ],
)
def test_keys_do_not_travel_in_the_clear(source: str) -> None:
    """Whoever can change them on the way can sign for anybody."""
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the whole message is compared
        KeySet(source, "RS256")
    expected = "AUTH_JWKS must be an https URL (http only for this machine's own address) or a file's path."
    assert str(refused.value) == expected


@pytest.mark.parametrize(
    "source",
    ["https://keys.example/jwks", "http://localhost:1/a", "http://127.9.9.9/a", "http://[::1]:80/a", "keys.json"],
)
def test_safe_sources_are_taken(source: str) -> None:
    """Nothing is asked or read yet."""
    assert isinstance(KeySet(source, "ES256"), KeySet)
