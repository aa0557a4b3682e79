"""Alembic's entry: migrations run on the connection that `bot.db.migrate` holds."""

from alembic import context

from bot.models import Workspace

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Workspace.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
