"""Whole stories of the products, played through the wire in order by everybody who takes part."""

import pytest

# What a chapter finds otherwise than told is shown as in a test itself.
pytest.register_assert_rewrite(
    *(f"tests.story.{name}" for name in ("scene", "arriving", "offering", "looking", "bargaining", "closing")),
    *(f"tests.story.{name}" for name in ("choosing", "chatting")),
)
