"""Tests of the whole, laid out as the three packages are."""
