"""Alembic's entry: migrations run on the connection that `bot.db.migrate` holds."""

from alembic import context
from sqlmodel import SQLModel

from bot import models

assert models.SQLModel is SQLModel  # importing the tables fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
