"""The answering worker: gives advisors' answers as they fall due, through the same operations as any client."""
