"""What Prefect gets to see."""
