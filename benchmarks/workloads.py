"""The workloads: what is asked, with which variables, and what a good answer must hold."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks import searches
from benchmarks.ground import Ground, Person
from models import global_id
from models.advisor.conversation import CONVERSATIONS

LIST = 50
LONG_LIST = 1_000
LEVEL = 20
PICKED_STARTS = 60
"""Places in a reader's list at which pages begin."""

PAGED = b'"endCursor":"'
"""Stands in a page that holds something."""

ROW = """query Row($id: ID!) {
  advisorConversation(id: $id) {
    __typename id userId title activeAdvisorId messageCount version createdAt updatedAt
    lastSaidAt: updatedAt viewerCanUpdate viewerCanDelete
  }
}"""

LIST_50 = """query List($first: Int!, $before: Timestamp!) {
  advisorConversations(
    first: $first
    where: {updatedAt: {lt: $before}}
    orderBy: {field: UPDATED_AT, direction: DESC}
  ) {
    nodes {
      id userId title activeAdvisorId messageCount version createdAt updatedAt viewerCanUpdate viewerCanDelete
    }
    pageInfo { hasNextPage endCursor }
  }
}"""

LIST_1000 = """query LongList($id: ID!, $first: Int!, $since: Timestamp!) {
  advisorConversation(id: $id) {
    id
    messages(first: $first, where: {createdAt: {gte: $since}}) {
      nodes { id conversationId sender advisorId content mentions tokensUsed status createdAt updatedAt }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""

LEVELS = """query Levels($first: Int!, $before: Timestamp!) {
  advisorConversations(
    first: $first
    where: {updatedAt: {lt: $before}}
    orderBy: {field: UPDATED_AT, direction: DESC}
  ) {
    nodes {
      id
      title
      activeAdvisor { persona { name title } }
      messages(last: 10) { nodes { id sender content createdAt advisor { persona { name } } } }
    }
  }
}"""

WRITE = """mutation Write($input: AdvisorMessageSendInput!) {
  advisorMessageSend(input: $input) {
    message { id content createdAt }
    userErrors { code message field }
  }
}"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: who asks, and with which variables."""

    person: Person
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Workload:
    """A document with a source of requests; `marker` stands in each good answer's bytes."""

    name: str
    title: str
    operation: str
    document: str
    marker: bytes
    requests: Callable[[Ground], Iterator[Asked]]
    writes: bool = False
    searches: bool = False

    def shuffled(self, ground: Ground) -> list[Asked]:
        """The requests in an order that is the same in each run."""
        found = list(self.requests(ground))
        random.Random(self.name).shuffle(found)  # noqa: S311  # foreseeable on purpose
        return found

    def body(self, asked: Asked) -> bytes:
        """The request's body, as a client sends it."""
        return orjson.dumps(
            {"query": self.document, "operationName": self.operation, "variables": dict(asked.variables)}
        )


def message(workload: Workload, asked: Asked) -> bytes:
    """The whole HTTP request."""
    body = workload.body(asked)
    head = (
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        f"Authorization: Bearer {asked.person.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _rows(ground: Ground) -> Iterator[Asked]:
    for reader in ground.readers:
        for conversation in reader.conversations:
            yield Asked(reader, {"id": global_id.encode(CONVERSATIONS.tag, conversation.key)})


def _pages(first: int) -> Callable[[Ground], Iterator[Asked]]:
    def requests(ground: Ground) -> Iterator[Asked]:
        for reader in ground.readers:
            for conversation in reader.conversations[1 : PICKED_STARTS + 1]:
                yield Asked(reader, {"first": first, "before": conversation.updatedAt})

    return requests


def _long_pages(ground: Ground) -> Iterator[Asked]:
    for reader in ground.readers:
        # From any of the first fifteen on there are more than a page's messages.
        for since in reader.starts[:15]:
            given = {"id": global_id.encode(CONVERSATIONS.tag, reader.long), "first": LONG_LIST, "since": since}
            yield Asked(reader, given)


def _writes(ground: Ground) -> Iterator[Asked]:
    for writer in ground.writers:
        for place, conversation in enumerate(writer.conversations):
            content = f"Thought {place} of {writer.subject}: is it time to raise the annual plan? It costs us “more”."
            given = {"conversationId": global_id.encode(CONVERSATIONS.tag, conversation.key), "content": content}
            yield Asked(writer, {"input": given})


def _sought(made: Callable[[], Iterator[Mapping[str, Any]]]) -> Callable[[Ground], Iterator[Asked]]:
    def requests(ground: Ground) -> Iterator[Asked]:
        for variables in made():
            for reader in ground.readers:
                yield Asked(reader, variables)

    return requests


WORKLOADS = (
    Workload("row", "one row, 12 fields", "Row", ROW, b'"viewerCanDelete":true', _rows),
    Workload("list50", f"list of {LIST} rows, 10 fields", "List", LIST_50, PAGED, _pages(LIST)),
    Workload("list1000", "list of 1,000 rows, 10 fields", "LongList", LIST_1000, PAGED, _long_pages),
    Workload("levels", "20 with advisor and last 10 messages", "Levels", LEVELS, b'"persona":{', _pages(LEVEL)),
    Workload("write", "write and touch, one transaction", "Write", WRITE, b'"userErrors":[]', _writes, writes=True),
    Workload(
        "search",
        "20 of 50,000 listings, by price",
        "Search",
        searches.SEARCH,
        PAGED,
        _sought(searches.by_price),
        searches=True,
    ),
    Workload(
        "near", "20 of 500 listings, by distance", "Near", searches.NEAR, PAGED, _sought(searches.around), searches=True
    ),
    Workload(
        "text",
        "20 of 1,000 listings, by words",
        "Text",
        searches.TEXT,
        PAGED,
        _sought(searches.by_words),
        searches=True,
    ),
)
