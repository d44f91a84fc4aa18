"""What every service speaks: events, topics, the codec, and the thin shells around Kafka, Elasticsearch and HTTP."""
