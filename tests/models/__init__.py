"""What is stored: rows, rules and the store."""
