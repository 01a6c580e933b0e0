"""The road map and all that decides about it: pure, without input or output."""
