"""Documents by text, hash and id; what the manifest's forms hold, and each way in which one is wrong."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema
from structlog.testing import capture_logs

from graphql_api.errors import Rejected, code_of
from graphql_api.limits import KEPT_BYTES, PREPARED_BYTES, REFUSED_BYTES, UNTRUSTED_NOTED
from graphql_api.operations import documents as module
from graphql_api.operations.documents import SHA256_HASH, NamedDocument, Trust, TrustMode
from graphql_api.operations.manifest import ManifestError, read_manifest
from graphql_api.operations.prepare import Operations

SCHEMA: GraphQLSchema = build_schema(
    "type Query { ping(first: Int): [Int]  rows(first: Int): [Row] } type Row { a: Int }"
)
PADDING = "#" * 50_000


def opened(mode: TrustMode = "off", manifest: dict[str, str] | None = None, **more: Any) -> Operations:
    return Operations(SCHEMA, introspection=True, trust=Trust(mode, manifest=manifest or {}), **more)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def by_hash(text: str, *, sent: bool = False) -> NamedDocument:
    return NamedDocument(sha256(text), SHA256_HASH, text if sent else None)


def refusal(operations: Operations, asked: str | NamedDocument) -> str | None:
    with pytest.raises(Rejected) as caught:
        operations.prepare(asked, None)
    return code_of(caught.value.errors[0])


def test_a_hash_leads_to_what_its_text_leads_to() -> None:
    operations = opened()
    first = operations.prepare(by_hash("{ ping }", sent=True), None)
    assert operations.prepare(by_hash("{ ping }"), None) is first
    assert operations.prepare(by_hash("{ ping }", sent=True), None) is first
    assert operations.prepare("{ ping }", None) is first
    assert len(operations.documents.prepared) == 1


def test_a_text_that_was_sent_before_gets_its_hash_later() -> None:
    operations = opened()
    first = operations.prepare("{ ping }", None)
    assert refusal(operations, by_hash("{ ping }")) == "PERSISTED_QUERY_NOT_FOUND"
    assert operations.prepare(by_hash("{ ping }", sent=True), None) is first
    assert operations.prepare(by_hash("{ ping }"), None) is first


def test_nothing_is_hashed_for_a_known_name(monkeypatch: pytest.MonkeyPatch) -> None:
    operations = opened("log", {"a": "{ ping }"})
    operations.prepare(by_hash("{ rows { a } }", sent=True), None)
    monkeypatch.delattr(module, "_sha256")
    operations.prepare(by_hash("{ rows { a } }"), None)
    operations.prepare(by_hash("{ rows { a } }", sent=True), None)
    operations.prepare("{ rows { a } }", None)
    operations.prepare(NamedDocument("a", "documentId"), None)


def test_the_registers_are_bounded_and_apart() -> None:
    operations = opened("log", {"a": "{ rows { a } }"})
    trusted = operations.prepare(NamedDocument("a", "documentId"), None)
    hot = operations.prepare(by_hash("{ ping }", sent=True), None)
    assert operations.prepare("{ ping }", None) is hot
    for number in range(2 * REFUSED_BYTES // 50_000):
        assert (
            refusal(operations, by_hash(f"{{ nothing{number} }} {PADDING}", sent=True)) == "GRAPHQL_VALIDATION_FAILED"
        )
    assert 0 < operations.documents.refused.size <= REFUSED_BYTES
    assert len(operations.documents.prepared) == 1
    for number in range(PREPARED_BYTES // 50_000 + 10):
        operations.prepare(by_hash(f"query A{number} {{ ping }} {PADDING}", sent=True), None)
    assert PREPARED_BYTES - 51_000 < operations.documents.prepared.size <= PREPARED_BYTES
    assert refusal(operations, by_hash(f"query A0 {{ ping }} {PADDING}")) == "PERSISTED_QUERY_NOT_FOUND"
    assert operations.prepare(by_hash("{ ping }"), None) is hot
    assert operations.prepare(NamedDocument("a", "documentId"), None) is trusted


def test_small_documents_count_for_what_they_take() -> None:
    operations = opened()
    operations.prepare("{ping}", None)
    assert operations.documents.prepared.size == 6 + KEPT_BYTES
    refusal(operations, "{")
    assert operations.documents.refused.size == 1 + KEPT_BYTES


def test_trusted_documents_are_kept_outside_the_register() -> None:
    operations = opened("prefer", {"a": "{ ping }", "b": "{ ping }"})
    first = operations.prepare("{ ping }", None)
    assert operations.prepare(NamedDocument("a", "doc_id"), None) is first
    assert operations.prepare(NamedDocument("b", "documentId"), None) is first
    assert operations.prepare(by_hash("{ ping }"), None) is first
    assert len(operations.documents.prepared) == 0


def test_untrusted_documents_are_logged_once() -> None:
    operations = opened("log", {"a": "{ ping }"})
    text = "query A { ping } query B { ping }"
    with capture_logs() as lines:
        operations.prepare("{ ping }", None)
        operations.prepare(NamedDocument("a", "documentId"), None)
        refusal(operations, "{ nothing }")
        for _ in range(3):
            operations.prepare(text, "A")
            operations.prepare(by_hash(text, sent=True), "B")
            operations.prepare(by_hash(text), "B")
    line = {"event": "document not trusted", "log_level": "warning", "sha256": sha256(text), "operations": "A, B"}
    assert lines == [line]


def test_a_document_that_is_prepared_again_is_not_logged_again() -> None:
    operations = opened("log", {"a": "{ ping }"})
    with capture_logs() as lines:
        first = operations.prepare("query B { ping }", None)
        for number in range(PREPARED_BYTES // 50_000 + 10):
            operations.prepare(f"query A{number} {{ ping }} {PADDING}", None)
        assert operations.prepare("query B { ping }", None) is not first
    assert [line["operations"] for line in lines].count("B") == 1


def test_the_log_is_not_filled_by_inventing_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(module, "monotonic", lambda: clock[0])
    operations = opened("log", {"a": "{ ping }"})
    with capture_logs() as lines:
        for number in range(UNTRUSTED_NOTED + 10):
            operations.prepare(f"query A{number} {{ ping }}", None)
        assert len(lines) == UNTRUSTED_NOTED
        clock[0] = 3601.0
        operations.prepare("query B { ping }", None)
    assert len(lines) == UNTRUSTED_NOTED + 1
    assert lines[-1]["operations"] == "B"


@pytest.mark.parametrize("mode", ["off", "prefer", "only"])
def test_only_the_mode_log_logs(mode: TrustMode) -> None:
    operations = opened(mode, {"a": "{ ping }"})
    with capture_logs() as lines:
        if mode == "only":
            refusal(operations, "query B { ping }")
        else:
            operations.prepare("query B { ping }", None)
    assert lines == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Syntax Error: Expected Name, found <EOF>."),
        ("{ ping nothing }", "Cannot query field 'nothing' on type 'Query'."),
        ("query ($a: Int) { ping(first: $b) }", "Variable '$b' is not defined."),
        (
            "{ rows(first: 101) { a } }",
            "The operation costs 102, the limit is 100; ask for fewer fields or smaller pages.",
        ),
    ],
)
def test_a_wrong_trusted_document_is_named_at_the_start(text: str, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        opened("only", {"good": "{ ping }", "bad": text}, cost_limit=100)
    assert str(caught.value) == f"document 'bad' cannot be served: {message}"


def test_a_trusted_document_is_priced_at_its_cheapest() -> None:
    text = "query ($n: Int = 1000) { rows(first: $n) { a } }"
    assert opened("only", {"a": text}, cost_limit=2).prepare(text, None).cost_limit == 2


def test_off_looks_at_no_trusted_document() -> None:
    assert opened("off", {"bad": "{"}).prepare("{ ping }", None).kind == "query"


@pytest.mark.parametrize(
    "content",
    [
        {"a1": "{ ping }", "b2": "query B { ping }"},
        {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [
                {"id": "a1", "name": "", "type": "query", "body": "{ ping }"},
                {"id": "b2", "name": "B", "type": "query", "body": "query B { ping }", "clientName": None},
                {"id": "a1", "name": "", "type": "query", "body": "{ ping }", "clientName": "web"},
            ],
        },
    ],
    ids=["relay and codegen", "apollo"],
)
def test_the_forms_of_a_manifest(tmp_path: Path, content: dict[str, Any]) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(content))
    assert read_manifest(path) == {"a1": "{ ping }", "b2": "query B { ping }"}


APOLLO = {"format": "apollo-persisted-query-manifest", "version": 1}
WRONG_FORMAT = "`format` must be 'apollo-persisted-query-manifest' and `version` 1"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "the file is not JSON in UTF-8 (unexpected end of data, byte 1)"),
        (b'{"a": "\xff"}', "the file is not JSON in UTF-8 (str is not valid UTF-8: surrogates not allowed, byte 0)"),
        (b"[]", "the file must hold a JSON object"),
        ({"a": 5}, "document 'a' must have an id and a text, both strings"),
        ({"": "{ ping }"}, "document '' must have an id and a text, both strings"),
        ({**APOLLO, "operations": [{"id": "a"}]}, "document 'a' must have an id and a text, both strings"),
        ({**APOLLO, "operations": [{"body": "{ a }"}]}, "document None must have an id and a text, both strings"),
        (
            {**APOLLO, "operations": [{"id": "a", "body": "{ a }"}, {"id": "a", "body": "{ b }"}]},
            "the id 'a' stands for two different documents",
        ),
        ({"a": "{ a }", "sha256:a": "{ b }"}, "the id 'sha256:a' stands for two different documents"),
        ({**APOLLO, "operations": {}}, "`operations` must be a list of objects"),
        ({**APOLLO, "operations": ["{ a }"]}, "`operations` must be a list of objects"),
        ({**APOLLO, "version": 2, "operations": []}, WRONG_FORMAT),
        ({"format": "another", "version": 1, "operations": []}, WRONG_FORMAT),
    ],
)
def test_a_wrong_manifest_says_what_is_wrong(tmp_path: Path, content: Any, message: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(ManifestError) as caught:
        read_manifest(path)
    assert str(caught.value) == message


def test_a_missing_manifest_says_so(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"^the file cannot be read \(No such file or directory\)$"):
        read_manifest(tmp_path / "nothing.json")
