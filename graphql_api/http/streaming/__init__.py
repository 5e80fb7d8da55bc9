"""Answers that go on: the results of an operation as server-sent events or as the parts of a multipart body."""
