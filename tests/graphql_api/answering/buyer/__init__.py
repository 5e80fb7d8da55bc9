"""Tests of how buyers' questions are answered."""
