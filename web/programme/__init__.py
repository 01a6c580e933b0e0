"""Pages of a programme: board, plan and fact."""
