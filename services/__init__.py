"""The four services. They never import each other: they talk through Kafka only."""
