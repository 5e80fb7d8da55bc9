"""Tests of preparing and running operations."""
