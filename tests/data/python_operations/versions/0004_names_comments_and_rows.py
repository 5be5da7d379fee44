"""Names, comments and rows

Revision ID: 000000000004
Revises: 000000000003
Create Date: 2026-01-18 03:38:38

"""
import sqlalchemy as sa
from alembic import op

revision = "000000000004"
down_revision = "000000000003"
branch_labels = None
depends_on = None


def upgrade():
    op.rename_table("reading", "measurement")
    op.rename_table("stock", "inventory", schema="shop")
    op.create_table_comment("measurement", "what the \"sensors\" said, 100%")
    op.create_table_comment("inventory", "what is there", schema="shop")
    op.drop_table_comment("supplier", existing_comment="who we buy from")
    supplier = sa.table(
        "supplier", sa.column("name", sa.String), sa.column("rating", sa.Integer), sa.column("founded on", sa.Date)
    )
    op.bulk_insert(
        supplier,
        [
            {"name": "O'Neil 100% :x", "rating": 4, "founded on": None},
            {"name": "Ærø \\ sons", "rating": 5, "founded on": None},
        ],
    )
    op.execute("CREATE VIEW good_supplier AS SELECT id, name FROM supplier WHERE rating > 3")


def downgrade():
    op.execute("DROP VIEW good_supplier")
    op.execute("DELETE FROM supplier")
    op.create_table_comment("supplier", "who we buy from")
    op.drop_table_comment("inventory", schema="shop")
    op.drop_table_comment("measurement")
    op.rename_table("inventory", "stock", schema="shop")
    op.rename_table("measurement", "reading")
