"""What stays on a shelf, what leaves it, and what a stream of newcomers cannot move."""

import random

from graphql_api.operations.shelf import Shelf


def kept(shelf: Shelf[int], texts: str) -> str:
    """Return those of the one-letter texts that are on the shelf, without using them."""
    return "".join(text for text in texts if text in shelf._newcomers or text in shelf._regulars)


def test_the_least_recently_used_leaves_first() -> None:
    shelf: Shelf[int] = Shelf(10)
    shelf.keep("a", 4, 1)
    shelf.keep("b", 4, 2)
    assert shelf.find("a") == 1
    shelf.keep("c", 4, 3)
    assert (shelf.find("a"), shelf.find("b"), shelf.find("c")) == (1, None, 3)
    shelf.keep("huge", 11, 4)
    assert (shelf.find("huge"), shelf.size, len(shelf)) == (None, 8, 2)


def test_a_value_is_kept_once() -> None:
    shelf: Shelf[int] = Shelf(10)
    shelf.keep("a", 4, 1)
    shelf.keep("a", 4, 2)
    assert (shelf.find("a"), shelf.size) == (1, 4)
    shelf.keep("a", 4, 3)
    assert (shelf.find("a"), shelf.size, len(shelf)) == (1, 4, 1)


def test_newcomers_make_room_before_regulars() -> None:
    shelf: Shelf[int] = Shelf(8)
    for text in "abc":
        shelf.keep(text, 1, 0)
        shelf.find(text)
    for text in "mnopqrstu":
        shelf.keep(text, 1, 0)
    assert kept(shelf, "abcmnopqrstu") == "abcqrstu"
    assert shelf.size == 8


def test_regulars_beyond_their_share_are_newcomers_again() -> None:
    shelf: Shelf[int] = Shelf(8)
    for text in "abcdefg":
        shelf.keep(text, 1, 0)
        shelf.find(text)
    assert ("".join(shelf._regulars), "".join(shelf._newcomers)) == ("bcdefg", "a")
    shelf.keep("m", 1, 0)
    shelf.keep("n", 1, 0)
    assert kept(shelf, "abcdefgmn") == "bcdefgmn"
    assert shelf.find("b") == 0
    shelf.find("m")
    assert ("".join(shelf._regulars), "".join(shelf._newcomers)) == ("defgbm", "nc")


def test_what_was_used_again_outlives_any_stream_of_texts_sent_once() -> None:
    shelf: Shelf[int] = Shelf(1_000)
    hot = [f"hot {number}" for number in range(75)]
    for text in [*hot, *hot]:
        if shelf.find(text) is None:
            shelf.keep(text, 10, 0)
    for number in range(10_000):
        shelf.keep(f"stranger {number}", 10, 0)
    assert [text for text in hot if shelf.find(text) is None] == []
    assert (shelf.size, len(shelf)) == (1_000, 100)


def test_names_lead_to_a_text_and_leave_with_it() -> None:
    shelf: Shelf[int] = Shelf(4)
    shelf.name("a", "of nothing")
    shelf.keep("a", 2, 1)
    shelf.name("a", "first")
    shelf.name("a", "second")
    assert (shelf.named("first"), shelf.named("second"), shelf.named("of nothing")) == (("a", 1), None, None)
    shelf.keep("b", 2, 2)
    shelf.name("b", "other")
    shelf.keep("c", 2, 3)
    assert (shelf.named("first"), shelf.named("other")) == (("a", 1), None)
    assert set(shelf._names) == {"first"}


def test_sizes_add_up_whatever_happens() -> None:
    shelf: Shelf[int] = Shelf(100)
    dice = random.Random(1)  # noqa: S311 - the same walk each time
    for _ in range(5_000):
        text = str(dice.randrange(60))
        if dice.random() < 0.5:
            shelf.keep(text, dice.randrange(1, 110), 0)
            shelf.name(text, f"name of {text}")
        else:
            shelf.find(text)
        everything = [*shelf._newcomers.values(), *shelf._regulars.values()]
        assert shelf.size == sum(one.size for one in everything) <= 100
        assert shelf._regular_size == sum(one.size for one in shelf._regulars.values()) <= 75
        assert {one.name for one in everything} == set(shelf._names)
        assert len(shelf) == len({one.text for one in everything}) == len(everything)
