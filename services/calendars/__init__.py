"""Calendars that people subscribe to."""
