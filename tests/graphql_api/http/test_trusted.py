"""Trusted documents through the wire: every name of one, every mode, and what is not trusted."""

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from graphql_api.settings import SettingsError
from models.store.connection import Database
from tests.fixtures.wire import People
from tests.graphql_api.http.naming import (
    GRAPHQL,
    KIND,
    OTHER,
    TRUSTED,
    VERBS,
    VIEWER,
    Open,
    ask,
    code,
    hash_of,
    persisted,
    sha256,
)

WRITE = 'mutation Write { advisorConversationCreate(input: {title: "x"}) { conversation { title } } }'


async def test_a_mutation_by_its_hash_is_not_served_by_get(open_web: Open, people: People, database: Database) -> None:
    web = open_web({"write": WRITE}, trusted_documents="log")
    headers = {"Authorization": f"Bearer {(await people.person('ann')).token}"}
    for named in ({"documentId": "write"}, hash_of(WRITE)):
        response = await ask(web, "GET", headers=headers, **named)
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
        assert code(response) == "METHOD_NOT_ALLOWED"
    assert await database["advisor_conversations"].count_documents({}) == 0
    posted = await ask(web, "POST", headers=headers, documentId="write")
    assert posted.json()["data"] == {"advisorConversationCreate": {"conversation": {"title": "x"}}}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("mode", ["log", "prefer", "only"])
@pytest.mark.parametrize(
    "named",
    [
        {"documentId": "t-1"},
        {"doc_id": "t-1"},
        {"extensions": persisted("t-1")},
        {"documentId": sha256(TRUSTED)},
        {"documentId": f"sha256:{sha256(TRUSTED)}"},
        {"doc_id": sha256(TRUSTED)},
        hash_of(TRUSTED),
        {**hash_of(TRUSTED), "query": TRUSTED},
        {"query": TRUSTED},
    ],
)
async def test_a_trusted_document_is_found_by_every_name(
    open_web: Open, verb: str, mode: str, named: dict[str, Any]
) -> None:
    web = open_web({"t-1": TRUSTED}, trusted_documents=mode, automatic_persisted_queries=False)
    assert (await ask(web, verb, **named)).json() == KIND


@pytest.mark.parametrize(
    "key", ["a" * 32, "a" * 40, sha256(TRUSTED), f"sha256:{sha256(TRUSTED)}", "x-app:1", "TrustedQuery"]
)
async def test_ids_are_what_the_manifest_says(open_web: Open, key: str) -> None:
    web = open_web({key: TRUSTED}, trusted_documents="only")
    assert (await ask(web, documentId=key)).json() == KIND
    assert (await ask(web, extensions=persisted(key))).json() == KIND
    assert code(await ask(web, documentId=key[:-1])) == "DOCUMENT_NOT_TRUSTED"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("mode", ["log", "prefer", "only"])
async def test_apollos_manifest_is_served(open_web: Open, verb: str, mode: str) -> None:
    operation = {"id": sha256(TRUSTED), "name": "Trusted", "type": "query", "body": TRUSTED}
    manifest = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation]}
    web = open_web(manifest, trusted_documents=mode)
    assert (await ask(web, verb, **hash_of(TRUSTED))).json() == KIND


UNTRUSTED: list[tuple[str, dict[str, Any], str | None]] = [
    ("off", {"documentId": "t-1"}, "DOCUMENT_NOT_FOUND"),
    ("off", {"doc_id": "t-1"}, "DOCUMENT_NOT_FOUND"),
    ("off", hash_of(TRUSTED), "PERSISTED_QUERY_NOT_FOUND"),
    ("off", {"query": OTHER}, None),
    *(
        (mode, request, expected)
        for mode in ("log", "prefer")
        for request, expected in (
            ({"documentId": "t-2"}, "DOCUMENT_NOT_FOUND"),
            ({"doc_id": ""}, "DOCUMENT_NOT_FOUND" ),
            ({"documentId": "sha256:ABC"}, "BAD_REQUEST"),
            (hash_of(OTHER), "PERSISTED_QUERY_NOT_FOUND"),
            ({"query": OTHER}, None),
            ({"query": OTHER, **hash_of(OTHER)}, None),
            ({"query": OTHER, **hash_of(TRUSTED)}, "BAD_REQUEST"),
            ({"query": "{ __schema { queryType { name } } }"}, None),
        )
    ),
    *(
        ("only", request, "DOCUMENT_NOT_TRUSTED")
        for request in (
            {"documentId": "t-2"},
            {"doc_id": ""},
            {"documentId": "sha256:ABC"},
            hash_of(OTHER),
            {"query": OTHER},
            {"query": OTHER, **hash_of(OTHER)},
            {"query": f"{TRUSTED} "},
            {"query": "{"},
            {"query": ""},
            {"query": "{ __schema { queryType { name } } }"},
        )
    ),
    ("only", {"query": OTHER, **hash_of(TRUSTED)}, "BAD_REQUEST"),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "request_", "expected"), UNTRUSTED)
async def test_what_is_not_trusted(open_web: Open, mode: str, request_: dict[str, Any], expected: str | None) -> None:
    web = open_web({"t-1": TRUSTED}, trusted_documents=mode)
    for verb in VERBS if "" not in request_.values() else ["POST"]:  # an empty parameter of a URL is none
        response = await ask(web, verb, **request_)
        if expected is None:
            assert "errors" not in response.json()
        else:
            assert code(response) == expected


async def test_refusals_of_documents_say_what_to_do(open_web: Open) -> None:
    known, only = open_web(), open_web({"t-1": TRUSTED}, trusted_documents="only")
    not_found = await ask(known, accept=GRAPHQL, doc_id="t-2")
    assert not_found.status_code == 400
    message = "`doc_id` names no document of this server; send the whole document in `query`."
    assert not_found.json()["errors"] == [{"message": message, "extensions": {"code": "DOCUMENT_NOT_FOUND"}}]
    odd = await ask(known, accept=GRAPHQL, documentId="sha256:ABC")
    message = "`documentId` must have 64 hexadecimal digits in lower case after `sha256:`."
    assert odd.json()["errors"] == [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]
    refused = await ask(only, accept=GRAPHQL, query=OTHER)
    assert refused.status_code == 400
    message = "Only trusted documents are run here; send `documentId` of one, or exactly its text in `query`."
    assert refused.json()["errors"] == [{"message": message, "extensions": {"code": "DOCUMENT_NOT_TRUSTED"}}]


@pytest.mark.parametrize("mode", ["log", "prefer"])
async def test_prefer_registers_nothing(open_web: Open, mode: str) -> None:
    web = open_web({"t-1": TRUSTED}, trusted_documents=mode)
    assert (await ask(web, query=OTHER, **hash_of(OTHER))).json() == KIND
    again = await ask(web, **hash_of(OTHER))
    assert again.json() == KIND if mode == "log" else code(again) == "PERSISTED_QUERY_NOT_FOUND"


async def test_log_names_what_is_not_trusted(open_web: Open) -> None:
    web = open_web({"t-1": TRUSTED}, trusted_documents="log")
    with capture_logs() as lines:
        for request in ({"query": OTHER}, {"query": OTHER}, {"query": TRUSTED}, {"documentId": "t-1"}):
            assert (await ask(web, **request)).json() == KIND
    warned = [line for line in lines if line["log_level"] == "warning"]
    assert [(line["event"], line["sha256"], line["operations"]) for line in warned] == [
        ("document not trusted", sha256(OTHER), "Other")
    ]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"query": TRUSTED, "documentId": "t-1"}, "`documentId` and `query`"),
        ({"query": TRUSTED, "doc_id": "t-1"}, "`doc_id` and `query`"),
        ({"documentId": "t-1", "doc_id": "t-1"}, "`documentId` and `doc_id`"),
        ({"documentId": "t-1", **hash_of(TRUSTED)}, "`documentId` and `extensions.persistedQuery`"),
    ],
)
async def test_one_document_is_chosen_in_one_way(
    open_web: Open, verb: str, request_: dict[str, Any], message: str
) -> None:
    response = await ask(open_web({"t-1": TRUSTED}, trusted_documents="log"), verb, **request_)
    assert response.status_code == 400
    message = f"{message} both choose a document; give one of them."
    assert response.json()["errors"] == [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]


@pytest.mark.parametrize("field", ["documentId", "doc_id"])
@pytest.mark.parametrize("wrong", [5, True, {}, ["t-1"]])
async def test_an_id_is_a_string(open_web: Open, field: str, wrong: Any) -> None:
    response = await ask(open_web(), **{field: wrong})
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"message": f"`{field}` must be a string.", "extensions": {"code": "BAD_REQUEST"}}
    ]


async def test_null_ids_are_none(open_web: Open) -> None:
    response = await ask(open_web(), query=VIEWER, documentId=None, doc_id=None, extensions={"persistedQuery": None})
    assert response.json() == KIND


async def test_the_price_of_an_operation_is_a_setting(open_web: Open) -> None:
    text = "query Page($first: Int!) { advisorMarketplace(first: $first) { nodes { id } } }"
    web = open_web({"page": text}, trusted_documents="log", cost_limit=20)
    assert "errors" not in (await ask(web, documentId="page", variables={"first": 5})).json()
    dear = await ask(web, documentId="page", variables={"first": 50})
    assert dear.json()["errors"][0]["extensions"] == {"code": "TOO_EXPENSIVE", "cost": 101, "limit": 20}
    wide = open_web(cost_limit=1_000_000, page_limit=1_000)
    assert "errors" not in (await ask(wide, query=text, variables={"first": 1_000})).json()


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({"t-1": "{ nothing }"}, "document 't-1' cannot be served: Cannot query field 'nothing' on type 'Query'."),
        ({"t-1": 5}, "document 't-1' must have an id and a text, both strings"),
    ],
)
async def test_a_wrong_manifest_stops_the_start(
    open_web: Open, tmp_path: Path, manifest: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError) as error:
        open_web(manifest, trusted_documents="prefer")
    assert str(error.value) == f"TRUSTED_MANIFEST: {tmp_path / 'manifest.json'}: {message}"
    assert (await ask(open_web(manifest, trusted_documents="off"), query=VIEWER)).json() == KIND
