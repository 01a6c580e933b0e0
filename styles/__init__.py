"""Makes the stylesheet the pages send out of the whole Bootstrap; not part of the service."""
