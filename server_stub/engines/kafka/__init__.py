"""Adapters over Apache Kafka."""
