"""Tests of the shared login identity through the wire."""
