"""The answering worker: with a real database, the real operations, and a real endpoint over HTTP."""
