"""Pages of a step and of one's own steps."""
