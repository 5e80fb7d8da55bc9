"""Demo data: a marketplace, a few people, and what they have asked their advisors."""
