"""Tests of lists that stay up to date."""
