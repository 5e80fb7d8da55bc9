"""The laws of the house: each fails with a sentence that says what to do."""
