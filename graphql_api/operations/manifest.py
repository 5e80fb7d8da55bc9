"""Reads a manifest of trusted documents: the files that Relay, Apollo and GraphQL Code Generator write."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

SHA256_PREFIX = "sha256:"

APOLLO_FORMAT = "apollo-persisted-query-manifest"
APOLLO_VERSION = 1


class ManifestError(ValueError):
    """A manifest that cannot be used; the message says why in one line."""


def read_manifest(path: Path) -> dict[str, str]:
    """Return the texts of a manifest by their bare ids.

    Relay's compiler and the client preset of GraphQL Code Generator write `{id: text}`; Apollo's
    `generate-persisted-query-manifest` writes an object with a list of operations. Raises `ManifestError`.
    """
    try:
        content = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ManifestError(f"the file cannot be read ({error.strerror})") from error
    except orjson.JSONDecodeError as error:
        raise ManifestError(f"the file is not JSON in UTF-8 ({error.msg}, byte {error.pos})") from error
    if not isinstance(content, dict):
        raise ManifestError("the file must hold a JSON object")
    return _texts(_operations(content) if "format" in content else content.items())


def bare(key: str) -> str:
    """Return an id without the prefix that says that it is a SHA-256."""
    return key.removeprefix(SHA256_PREFIX)


def _operations(content: dict[str, Any]) -> Iterable[tuple[Any, Any]]:
    if (content["format"], content.get("version")) != (APOLLO_FORMAT, APOLLO_VERSION):
        raise ManifestError(f"`format` must be {APOLLO_FORMAT!r} and `version` {APOLLO_VERSION}")
    operations = content.get("operations")
    if not isinstance(operations, list) or not all(isinstance(operation, dict) for operation in operations):
        raise ManifestError("`operations` must be a list of objects")
    return [(operation.get("id"), operation.get("body")) for operation in operations]


def _texts(pairs: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, text in pairs:
        if not (isinstance(key, str) and key and isinstance(text, str)):
            raise ManifestError(f"document {key!r} must have an id and a text, both strings")
        if texts.setdefault(bare(key), text) != text:
            raise ManifestError(f"the id {key!r} stands for two different documents")
    return texts
