"""Pages of people and substitutions."""
