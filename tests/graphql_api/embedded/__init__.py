"""Tests of the bundled MongoDB."""
