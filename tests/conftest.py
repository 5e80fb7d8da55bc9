"""Gives every test the fixtures of `tests/fixtures`."""

pytest_plugins = [
    "tests.fixtures.mongo",
    "tests.fixtures.schema",
    "tests.fixtures.wire",
    "tests.fixtures.estate",
    "tests.fixtures.live",
    "tests.equality.suite",
]
