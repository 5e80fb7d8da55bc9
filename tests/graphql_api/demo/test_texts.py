"""The texts of the demo fit together: whoever is named is there, and every sentence can be filled in."""

from graphql_api.demo import conversations, keys, texts
from graphql_api.demo.people import DEMO, MOST_VISITORS, SUBJECTS, people
from models.store.connection import Database
from tests.fixtures.wire import Calls


def test_whoever_is_named_is_there() -> None:
    known = {text["key"] for text in texts.advisors()}
    assert len(known) == len(texts.advisors()) == 18
    assert {topic.advisor for topic in texts.topics()} <= known
    assert {name for team in texts.teams() for name in team["advisors"]} <= known
    assert {name for person in people(MOST_VISITORS) for name in person.board} <= known


def test_four_teams_with_slugs() -> None:
    slugs = [team["slug"] for team in texts.teams()]
    assert slugs == ["startup-founders", "go-to-market", "engineering-council", "healthy-teams"]


def test_people_are_the_ones_that_are_cleared() -> None:
    assert {person.subject for person in people(MOST_VISITORS)} | {"operator"} == set(SUBJECTS)


def test_the_demo_person_has_a_board_and_private_advisors() -> None:
    demo = people(0)[-1]
    assert demo.subject == DEMO
    assert len(demo.board) == 10
    assert demo.private == ("demo-shop-mentor",)
    assert demo.archived == ("demo-launch-keeper",)


def test_no_sentence_keeps_a_brace(watched: tuple[Database, Calls]) -> None:
    demo = people(0)[-1]
    written = conversations.Written()
    for plan in conversations.plans(demo, 60, (30, 30), 1_790_000_000_000):
        conversations.write(plan, keys.fixed("anybody"), written)
    said = [message["content"] for message in written.messages]
    assert len(said) == 60 * 30 * 2
    assert [text for text in said if "{" in text or "}" in text] == []


def test_titles_are_not_repeated() -> None:
    plans = conversations.plans(people(0)[-1], 100, (2, 2), 1_790_000_000_000)
    assert len({plan.title for plan in plans}) == 100
    assert plans[0].title == "Raising the price of the annual plan"
    assert plans[24].title == "Raising the price of the annual plan, part 2"
    assert plans[99].title == "Checklist for the spring launch"


def test_conversations_end_over_months_and_never_in_the_future() -> None:
    now = 1_790_000_000_000
    ended = [plan.ended for plan in conversations.plans(people(0)[-1], 25, (2, 2), now)]
    assert ended == sorted(ended, reverse=True)
    assert ended[0] == now - 240_000
    assert ended[-1] == now - 240_000 - 150 * 86_400_000
