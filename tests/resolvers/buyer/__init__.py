"""Tests of the home-buyer chat through the wire."""
