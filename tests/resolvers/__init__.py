"""Tests of the API through the wire."""
