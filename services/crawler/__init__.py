"""Fetches pages politely and publishes each to Kafka."""
