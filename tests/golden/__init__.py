"""What MongoDB is asked for each documented operation, word for word."""
