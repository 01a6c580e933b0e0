"""The road map in Prefect: its flows, and the process that runs them."""
