"""People of an organisation: cards, addresses, roles, substitutions."""
