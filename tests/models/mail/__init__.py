"""Mails that wait."""
