"""The running programme: what the planner decides is done, shown and stopped."""
