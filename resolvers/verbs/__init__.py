"""What the API does with every table alike: read, relate, write. Called where a field is written, never inherited."""
