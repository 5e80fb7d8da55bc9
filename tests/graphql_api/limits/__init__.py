"""Tests of the measures and limits of operations."""
