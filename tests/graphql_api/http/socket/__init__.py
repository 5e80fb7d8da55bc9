"""Sockets, frame by frame."""
