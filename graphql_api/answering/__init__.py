"""The answering worker: gives answers as they fall due, for every product, by the same operations as any client."""
