"""Tests of the advisor chat through the wire."""
