"""Writes articles to Elasticsearch so that any replay converges."""
