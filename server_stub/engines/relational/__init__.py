"""One relational adapter in SQLAlchemy Core for SQLite (and, by dialect, PostgreSQL)."""
