"""Compiled and stock execution give the same bytes: generated operations, odd rows, and every query of the suite."""
