"""Tests of the worker that matches listings with saved searches."""
