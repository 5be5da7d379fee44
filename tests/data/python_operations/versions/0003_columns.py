"""Columns come, go and change

Revision ID: 000000000003
Revises: 000000000002
Create Date: 2026-01-18 03:38:38

"""
import sqlalchemy as sa
from alembic import op

revision = "000000000003"
down_revision = "000000000002"
branch_labels = None
depends_on = None

grade = sa.Enum("good", "bad", name="grade", create_type=False)


def upgrade():
    op.execute("CREATE TYPE grade AS ENUM ('good', 'bad')")
    op.add_column("supplier", sa.Column("grade", grade, nullable=False, server_default="good"))
    op.add_column("supplier", sa.Column("email", sa.String(100), comment="for orders", unique=True))
    op.add_column("supplier", sa.Column("first_product", sa.BigInteger, sa.ForeignKey("Product.id"), index=True))
    op.add_column("stock", sa.Column("note", sa.Text, server_default=sa.text("'none'")), schema="shop")
    op.alter_column("supplier", "rating", type_=sa.Integer, existing_type=sa.SmallInteger)
    op.alter_column("supplier", "rating", server_default=None)
    op.alter_column("supplier", "rating", nullable=False)
    op.alter_column("supplier", "founded", new_column_name="founded on")
    op.alter_column("Product", "code", type_=sa.Integer, postgresql_using="length(code)", comment="how long it was")
    op.alter_column("Product", "body", comment=None, existing_comment="it's free text")
    op.alter_column(
        "Product", "weight", type_=sa.Numeric(8, 3), nullable=False, server_default="0", comment="in kilograms",
        new_column_name="kilograms",
    )
    op.alter_column("stock", "counted", server_default=sa.Identity(always=False, start=100, increment=7),
                    existing_server_default=sa.Identity(always=True, start=100, increment=5), schema="shop")
    op.alter_column("draft", "id", server_default=sa.text("42"))
    op.drop_column("Product", "opens")


def downgrade():
    op.add_column("Product", sa.Column("opens", sa.Time))
    op.alter_column("draft", "id", server_default=None)
    op.alter_column("stock", "counted", server_default=sa.Identity(always=True, start=100, increment=5),
                    existing_server_default=sa.Identity(always=False, start=100, increment=7), schema="shop")
    op.alter_column(
        "Product", "kilograms", type_=sa.Float, nullable=True, server_default=None, comment=None,
        new_column_name="weight",
    )
    op.alter_column("Product", "body", comment="it's free text")
    op.alter_column("Product", "code", type_=sa.CHAR(4), postgresql_using="code::text", comment=None)
    op.alter_column("supplier", "founded on", new_column_name="founded")
    op.alter_column("supplier", "rating", nullable=True)
    op.alter_column("supplier", "rating", server_default="3")
    op.alter_column("supplier", "rating", type_=sa.SmallInteger)
    op.drop_column("stock", "note", schema="shop")
    op.drop_column("supplier", "first_product")
    op.drop_column("supplier", "email")
    op.drop_column("supplier", "grade")
    op.execute("DROP TYPE grade")
