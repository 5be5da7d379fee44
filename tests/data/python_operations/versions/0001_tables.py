"""Tables of every kind of column

Revision ID: 000000000001
Revises:
Create Date: 2026-01-18 03:38:38

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "000000000001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE SCHEMA shop")
    op.create_table(
        "supplier",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True, comment="as on the invoice"),
        sa.Column("rating", sa.SmallInteger, server_default="3"),
        sa.Column("founded", sa.Date),
        comment="who we buy from",
    )
    op.create_table(
        "Product",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("order", sa.Integer, nullable=False, index=True),
        sa.Column("supplier_id", sa.Integer, sa.ForeignKey("supplier.id", ondelete="CASCADE", name="fk_supplier")),
        sa.Column("state", sa.Enum("draft", "it's on", "gone", name="product_state"), server_default="draft"),
        sa.Column("price", sa.Numeric(10, 2), sa.CheckConstraint("price > 0", name="positive"), nullable=False),
        sa.Column("weight", sa.Float),
        sa.Column("sold", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("body", sa.Text, comment="it's free text"),
        sa.Column("picture", sa.LargeBinary),
        sa.Column("made", sa.DateTime),
        sa.Column("changed", sa.DateTime(timezone=True), server_default=sa.text("now()")),
        sa.Column("opens", sa.Time),
        sa.Column("shift", sa.Interval),
        sa.Column("code", sa.CHAR(4)),
        sa.Column("key", pg.UUID, server_default=sa.text("gen_random_uuid()")),
        sa.Column("extra", pg.JSONB, server_default=sa.text("'{}'::jsonb")),
        sa.Column("raw", sa.JSON),
        sa.Column("tags", pg.ARRAY(sa.String(20))),
        sa.Column("span", pg.TSTZRANGE),
        sa.Column("twice", sa.Numeric, sa.Computed("price * 2", persisted=True)),
        sa.UniqueConstraint("order", "code", name="uq_order_code"),
        sa.CheckConstraint("weight >= 0 OR weight IS NULL"),
    )
    op.create_table(
        "stock",
        sa.Column("product", sa.BigInteger, autoincrement=False),
        sa.Column("place", sa.String(10)),
        sa.Column("counted", sa.BigInteger, sa.Identity(always=True, start=100, increment=5)),
        sa.PrimaryKeyConstraint("product", "place", name="stock_key"),
        sa.ForeignKeyConstraint(["product"], ["Product.id"], name="fk_product", deferrable=True, initially="DEFERRED"),
        sa.Index("ix_counted", "counted", unique=True),
        schema="shop",
    )
    op.create_table(
        "reading",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Float(24)),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_table("draft", sa.Column("id", sa.SmallInteger, primary_key=True), prefixes=["UNLOGGED"])


def downgrade():
    op.drop_table("draft")
    op.drop_table("reading")
    op.drop_table("stock", schema="shop")
    op.drop_table("Product")
    op.execute("DROP TYPE product_state")
    op.drop_table("supplier")
    op.execute("DROP SCHEMA shop")
