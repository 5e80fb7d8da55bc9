"""Automatic persisted queries through the wire: hashes that are unknown, registered, wrong or not served."""

import asyncio
from typing import Any

import pytest

from tests.graphql_api.http.naming import (
    GRAPHQL,
    JSON,
    KIND,
    OTHER,
    VERBS,
    VIEWER,
    Open,
    ask,
    code,
    hash_of,
    persisted,
    sha256,
)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
async def test_an_unknown_hash_is_told_in_the_words_that_clients_wait_for(
    open_web: Open, verb: str, accept: str
) -> None:
    response = await ask(open_web(), verb, accept=accept, **hash_of(VIEWER))
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    reason = "Send the hash again together with `query`."
    extensions = {"code": "PERSISTED_QUERY_NOT_FOUND", "reason": reason}
    assert response.json() == {"errors": [{"message": "PersistedQueryNotFound", "extensions": extensions}]}


@pytest.mark.parametrize("first", VERBS)
@pytest.mark.parametrize("second", VERBS)
async def test_a_text_sent_with_its_hash_is_found_by_the_hash(open_web: Open, first: str, second: str) -> None:
    web = open_web()
    assert (await ask(web, first, query=VIEWER, **hash_of(VIEWER))).json() == KIND
    assert (await ask(web, second, **hash_of(VIEWER))).json() == KIND
    assert (await ask(web, second, query=VIEWER, **hash_of(VIEWER))).json() == KIND


@pytest.mark.parametrize("verb", VERBS)
async def test_a_registered_document_takes_variables_and_a_name(open_web: Open, verb: str) -> None:
    web = open_web()
    text = "query A($yes: Boolean!) { viewer { a: kind @include(if: $yes) __typename } } query B { viewer { b: kind } }"
    await ask(web, query=text, operationName="B", **hash_of(text))
    named = await ask(web, verb, operationName="A", variables={"yes": True}, **hash_of(text))
    assert named.json() == {"data": {"viewer": {"a": "ANONYMOUS", "__typename": "Viewer"}}}
    assert code(await ask(web, verb, **hash_of(text))) == "OPERATION_NOT_FOUND"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("field", ["documentId", "doc_id"])
async def test_a_registered_document_is_found_by_its_hash_alone(open_web: Open, verb: str, field: str) -> None:
    web = open_web()
    await ask(web, query=VIEWER, **hash_of(VIEWER))
    for name in (sha256(VIEWER), f"sha256:{sha256(VIEWER)}"):
        assert code(await ask(web, verb, **{field: name})) == "DOCUMENT_NOT_FOUND"


async def test_fifty_clients_that_register_at_once_all_get_their_answers(open_web: Open) -> None:
    web = open_web()
    unknown = await asyncio.gather(*(ask(web, **hash_of(VIEWER)) for _ in range(50)))
    assert {code(response) for response in unknown} == {"PERSISTED_QUERY_NOT_FOUND"}
    registering = await asyncio.gather(*(ask(web, query=VIEWER, **hash_of(VIEWER)) for _ in range(50)))
    assert [response.json() for response in registering] == [KIND] * 50
    assert (await ask(web, **hash_of(VIEWER))).json() == KIND


@pytest.mark.parametrize("text", ["{ nothing }", "{", "{ viewer { " + "kind " * 1_000 + "} }"])
async def test_a_document_that_is_refused_is_not_registered(open_web: Open, text: str) -> None:
    web = open_web()
    for _ in range(2):
        assert code(await ask(web, query=text, **hash_of(text))) in {
            "GRAPHQL_VALIDATION_FAILED",
            "GRAPHQL_PARSE_FAILED",
            "TOO_MANY_TOKENS",
        }
        assert code(await ask(web, **hash_of(text))) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize("verb", VERBS)
async def test_a_hash_of_another_text_is_refused_and_registers_nothing(open_web: Open, verb: str) -> None:
    web = open_web()
    for _ in range(2):  # the second time OTHER is known by its own hash
        response = await ask(web, verb, accept=GRAPHQL, query=VIEWER, **hash_of(OTHER))
        assert response.status_code == 400
        assert response.json()["errors"][0]["message"] == "provided sha does not match query"
        assert code(response) == "BAD_REQUEST"
        assert code(await ask(web, verb, **hash_of(VIEWER))) == "PERSISTED_QUERY_NOT_FOUND"
        assert (await ask(web, query=OTHER, **hash_of(OTHER))).json() == KIND


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("version", [2, 0, "1", None])
async def test_another_version_is_not_supported(open_web: Open, verb: str, version: Any) -> None:
    response = await ask(open_web(), verb, query=VIEWER, extensions=persisted(sha256(VIEWER), version))
    assert response.status_code == 200
    assert response.json()["errors"] == [
        {
            "message": "PersistedQueryNotSupported",
            "extensions": {
                "code": "PERSISTED_QUERY_NOT_SUPPORTED",
                "reason": "`extensions.persistedQuery.version` must be 1.",
            },
        }
    ]


@pytest.mark.parametrize("verb", VERBS)
async def test_registering_can_be_switched_off(open_web: Open, verb: str) -> None:
    web = open_web(automatic_persisted_queries=False)
    for request in (hash_of(VIEWER), {"query": VIEWER, **hash_of(VIEWER)}):
        response = await ask(web, verb, **request)
        assert response.status_code == 200
        assert response.json()["errors"][0]["message"] == "PersistedQueryNotSupported"
        assert code(response) == "PERSISTED_QUERY_NOT_SUPPORTED"
    assert (await ask(web, verb, query=VIEWER)).json() == KIND


HASH_FIELD = "`extensions.persistedQuery.sha256Hash`"
WRONG_SHAPE = f"{HASH_FIELD} must be 64 hexadecimal digits in lower case, the SHA-256 of the document."
MISSING = "`query` is missing; send the document as a string, or a known one's id in `documentId`."


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("extensions", "message"),
    [
        *(
            (persisted(wrong), WRONG_SHAPE)
            for wrong in ("", "a" * 63, "a" * 65, sha256(VIEWER).upper(), "g" * 64, "a" * 64 + "\n", "٣" * 64)
        ),
        *((persisted(wrong), f"{HASH_FIELD} must be a string.") for wrong in (5, None, [sha256(VIEWER)])),
        ({"persistedQuery": 5}, "`extensions.persistedQuery` must be an object."),
        ({"persistedQuery": []}, "`extensions.persistedQuery` must be an object."),
        ({"persistedQuery": None}, MISSING),
        ([], "`extensions` must be an object."),
    ],
)  # fmt: skip
async def test_a_wrong_hash_is_named(open_web: Open, verb: str, extensions: Any, message: str) -> None:
    response = await ask(open_web(), verb, accept=GRAPHQL, extensions=extensions)
    assert response.status_code == 400
    assert response.json()["errors"] == [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]


async def test_a_bad_token_comes_before_any_hash(open_web: Open) -> None:
    response = await ask(open_web(), headers={"Authorization": "Bearer bad"}, **hash_of(VIEWER))
    assert response.status_code == 401
