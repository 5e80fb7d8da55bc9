"""Texts that people see: a name can be read, and an address can only lead to the web."""

import pytest

from models.advisor.conversation import CONVERSATIONS
from models.advisor.user import USERS
from models.store.connection import Database
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import done, refusal, rows


@pytest.mark.parametrize("title", ["", "   ", "\0", "\n\t"])
async def test_a_name_can_be_read(api: Api, people: People, database: Database, title: str) -> None:
    ann = await people.person("ann")
    assert await refusal(api, "advisorConversationCreate", ann, title=title) == ("INVALID", "title")
    assert await rows(database, CONVERSATIONS) == [[]]


@pytest.mark.parametrize("image", ["javascript:alert(1)", "data:text/html,x", "//x.example/a.png", "https://a b", "x"])
async def test_an_address_leads_to_the_web(api: Api, people: People, database: Database, image: str) -> None:
    ann = await people.person("ann")
    before = await rows(database, USERS)
    assert await refusal(api, "advisorUserUpdate", ann, id=ann.id, image=image) == ("INVALID", "image")
    assert await rows(database, USERS) == before
    shown = "user { image }"
    link = "https://images.example/ann.png?size=2"
    assert await done(api, "advisorUserUpdate", ann, shown, id=ann.id, image=link) == {"user": {"image": link}}
