"""What is stored and who may touch it: rows, policies, and the store that speaks to MongoDB."""
