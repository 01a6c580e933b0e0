"""Where this machine calls a server of its own."""


def near_host(host: str) -> str:
    """Where this machine reaches a server that listens on `host`: «0.0.0.0» is no address to call.

    A server on «::» listens to IPv6 alone where the two are kept apart, so it is called by IPv6.
    """
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def near_url(host: str, port: int) -> str:
    """The same as a URL without a trailing slash; an IPv6 address is put into brackets."""
    near = near_host(host)
    return f"http://{f'[{near}]' if ':' in near and not near.startswith('[') else near}:{port}"
