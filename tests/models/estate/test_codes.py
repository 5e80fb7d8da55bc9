"""Codes and secrets: long enough, told apart by their first letter, and recognised however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.estate.codes import (
    LETTERS,
    PREFIX_LETTERS,
    SESSION_LETTERS,
    digest,
    invite_code,
    portal_code,
    prefix,
    secret,
    typed,
)

CODE = "B-01230-ABCD1-EFGH1-JKMNP"


def test_a_code_has_a_hundred_random_bits() -> None:
    assert (len(LETTERS), len(set(LETTERS)), SESSION_LETTERS * 5) == (32, 32, 100)
    codes = {portal_code("B") for _ in range(1_000)}
    assert len(codes) == 1_000
    for place, letter in enumerate(CODE):
        seen = {code[place] for code in codes}
        assert seen == ({letter} if letter == "-" or place == 0 else set(LETTERS))


@pytest.mark.parametrize("kind", ["B", "S"])
def test_a_code_is_recognised_as_it_was_made(kind: str) -> None:
    for _ in range(100):
        code = portal_code(kind)
        assert typed(code, kind) == code


@pytest.mark.parametrize(
    "text",
    [
        CODE.lower(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        f"\t {CODE}\n",
        "b-o123o-abcdi-efghl-jkmnp",
        "B0123 0ABCD 1EFGH 1JKMN P",
    ],
)
def test_spelling_does_not_matter(text: str) -> None:
    assert typed(text, "B") == CODE


@pytest.mark.parametrize(
    "text", ["", "B", CODE[:-1], CODE + "0", CODE.replace("A", "U"), CODE.replace("B-", "S-"), CODE.replace("A", "Ä")]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert typed(text, "B") is None


@given(st.text())
def test_whatever_is_typed_is_a_code_or_none(text: str) -> None:
    found = typed(text, "B")
    assert found is None or typed(found, "B") == found
    assert len(prefix(text)) <= PREFIX_LETTERS * 3


def test_spellings_of_a_code_are_counted_together() -> None:
    assert {prefix(text) for text in (CODE, CODE.lower(), CODE.replace("-", " "))} == {"B01230"}


def test_an_invite_code_is_short() -> None:
    codes = {invite_code() for _ in range(100)}
    assert (len(codes), {len(code) for code in codes}) == (100, {12})
    assert set("".join(codes)) <= set(LETTERS)


def test_a_secret_has_256_bits_and_is_kept_as_its_digest() -> None:
    assert len({secret() for _ in range(100)}) == 100
    assert {len(secret()) for _ in range(100)} == {43}
    assert digest("secret") == "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
