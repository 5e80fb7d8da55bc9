"""The buyer chat of the demo: what agents know of buyers, the homes found for them, and the talk about these."""
