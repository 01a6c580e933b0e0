"""Measurements of the running product: speed, CPU and memory, against what must hold."""
