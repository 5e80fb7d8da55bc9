"""Services and their keys."""

import hashlib
import re

import pytest

from graphql_api.auth.service_keys import ServiceKeys, new_service_key

SECRET = "A" * 42 + "_"
KEY = f"svc_answer-worker_{SECRET}"


def digest(key: str) -> str:
    """What the settings hold of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def test_a_new_key_signs_its_service_in() -> None:
    """And no other service, and no other key does."""
    billing, billing_digest = new_service_key("billing")
    worker, worker_digest = new_service_key("answer-worker")
    keys = ServiceKeys({"billing": billing_digest, "answer-worker": worker_digest})
    assert re.fullmatch(r"svc_billing_[A-Za-z0-9_-]{43}", billing)
    assert billing_digest == digest(billing)
    assert (keys.name_of(billing), keys.name_of(worker)) == ("billing", "answer-worker")
    assert keys.name_of(new_service_key("billing")[0]) is None


def test_two_new_keys_differ() -> None:
    """Nothing of a key but its name is foreseeable."""
    assert new_service_key("billing")[0] != new_service_key("billing")[0]


@pytest.mark.parametrize(
    "token",
    [
        "",
        "svc_",
        "svc_answer-worker",
        "svc_answer-worker_",
        f"svc_answer-worker_{SECRET[:-1]}",
        f"svc_answer-worker_{SECRET}A",
        f"svc_answer-worker_{SECRET[:-1]}B",
        f"svc_answer-worker_{SECRET.lower()}",
        f"svc_billing_{SECRET}",
        f"svc_nobody_{SECRET}",
        f"SVC_answer-worker_{SECRET}",
        f" {KEY}",
        f"{KEY}\n",
        f"svc_answer-worker_{SECRET[:-1]}é",
        f"svc_answer-worker_{'A' * 1_000_000}",
        digest(KEY),
        "svc_answer-worker_" + digest(KEY),
    ],
)
def test_other_tokens_name_nobody(token: str) -> None:
    """Not the name, not a part, not another service's, not the digest of the settings."""
    keys = ServiceKeys({"answer-worker": digest(KEY), "billing": digest("another")})
    assert keys.name_of(KEY) == "answer-worker"
    assert keys.name_of(token) is None


def test_without_services_nobody_is_one() -> None:
    """The default."""
    assert ServiceKeys({}).name_of(KEY) is None


def test_a_digest_below_another_name_is_refused() -> None:
    """The name within the key is part of what was hashed."""
    assert ServiceKeys({"billing": digest(KEY)}).name_of(KEY) is None
    assert ServiceKeys({"billing": digest(KEY)}).name_of(f"svc_billing_{SECRET}") is None


@pytest.mark.parametrize(
    "value", ["", "0" * 63, "0" * 65, "0" * 63 + "g", "A" * 64, "0x" + "0" * 62, KEY, "\u0660" * 64]
)
def test_a_malformed_digest_is_refused_at_the_start(value: str) -> None:
    """The sentence names the setting and the service, and does not show the value, which may be the key itself."""
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the whole message is compared
        ServiceKeys({"billing": value})
    expected = "SERVICE_KEYS must hold the SHA-256 of a key for 'billing': 64 digits of 0-9 and a-f."
    assert str(refused.value) == expected


@pytest.mark.parametrize("name", ["", "Billing", "9lives", "-a", "a_b", "a b", "a" * 33, "é", "a\n"])
def test_a_malformed_name_is_refused(name: str) -> None:
    """In the settings and for a new key."""
    with pytest.raises(ValueError, match=r"^SERVICE_KEYS must name services by up to 32 of a-z, 0-9 and '-', a letter"):
        ServiceKeys({name: "0" * 64})
    with pytest.raises(ValueError, match=r"^SERVICE_KEYS must name services by up to 32 of a-z, 0-9 and '-', a letter"):
        new_service_key(name)


@pytest.mark.parametrize("name", ["a", "a-", "answer-worker-2", "a" * 32])
def test_good_names_are_taken(name: str) -> None:
    """One to 32 characters."""
    key, value = new_service_key(name)
    assert ServiceKeys({name: value}).name_of(key) == name
