"""In-memory stand-ins for Elasticsearch and Kafka; tests/contract/test_fakes.py holds them to the real ones."""
