"""Rows as they come to be in real use, made in one line."""
