"""Indexes and constraints that stand alone

Revision ID: 000000000002
Revises: 000000000001
Create Date: 2026-01-18 03:38:38

"""
import sqlalchemy as sa
from alembic import op

revision = "000000000002"
down_revision = "000000000001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_supplier_name", "supplier", [sa.text("lower(name)")], unique=True)
    op.create_index(
        "ix_product_extra", "Product", ["extra"], postgresql_using="gin", postgresql_ops={"extra": "jsonb_path_ops"}
    )
    op.create_index(
        "ix_open", "Product", ["made", sa.text("price DESC")], postgresql_where=sa.text("NOT sold"),
        postgresql_include=["code"], postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_place", "stock", ["place"], schema="shop")
    op.create_unique_constraint("uq_supplier", "supplier", ["name", "founded"], deferrable=True, initially="IMMEDIATE")
    op.create_check_constraint("ck_rating", "supplier", "rating BETWEEN 1 AND 5")
    op.create_check_constraint("ck_late", "supplier", "founded > '1700-01-01'", postgresql_not_valid=True)
    op.add_column("supplier", sa.Column("parent_id", sa.Integer))
    op.create_foreign_key(
        "fk_parent", "supplier", "supplier", ["parent_id"], ["id"], onupdate="CASCADE", ondelete="SET NULL", match="FULL"
    )
    op.create_foreign_key(
        "fk_far", "stock", "supplier", ["counted"], ["id"], source_schema="shop", postgresql_not_valid=True
    )
    op.create_primary_key("reading_key", "reading", ["at"])


def downgrade():
    op.drop_constraint("reading_key", "reading", type_="primary")
    op.drop_constraint("fk_far", "stock", type_="foreignkey", schema="shop")
    op.drop_constraint("fk_parent", "supplier", type_="foreignkey")
    op.drop_column("supplier", "parent_id")
    op.drop_constraint("ck_late", "supplier", type_="check")
    op.drop_constraint("ck_rating", "supplier", type_="check")
    op.drop_constraint("uq_supplier", "supplier", type_="unique")
    op.drop_index("ix_place", table_name="stock", schema="shop")
    op.drop_index("ix_open", table_name="Product")
    op.drop_index("ix_product_extra", table_name="Product")
    op.drop_index("ix_supplier_name", table_name="supplier")
