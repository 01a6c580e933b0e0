"""A step's life: moves, corrections, proposals, meetings, evidence."""
