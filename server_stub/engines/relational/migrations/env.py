"""Alembic's entry: it runs the migrations on the connection it is handed, never on its own."""

from alembic import context

from server_stub.engines.relational.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
