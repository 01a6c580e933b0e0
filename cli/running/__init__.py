"""`karta up`: a light process that keeps the service running, and one that prepares it."""
