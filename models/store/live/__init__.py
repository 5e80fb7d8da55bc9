"""Lists that stay up to date: what a list holds, and what becomes of it with each change."""
