"""Online only: the URL comes from the command line (run.py)."""
from alembic import context
import sqlalchemy as sa

engine = sa.create_engine(context.config.attributes["url"], poolclass=sa.pool.NullPool)

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
