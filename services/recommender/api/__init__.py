"""The HTTP API: related lists, articles and search."""
