"""Initial migration: create customers, conversations, messages tables

Revision ID: f57c936ded09
Revises:
Create Date: 2025-12-14 18:31:52.625606

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = 'f57c936ded09'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'customers',
        sa.Column('first_name', sa.String(length=100), nullable=False,
                  comment="Given name, as the customer writes it"),
        sa.Column('last_name', sa.String(length=100), nullable=False,
                  comment="Family name, as the customer writes it"),
        sa.Column('email', sa.String(length=255), nullable=False,
                  comment="Address for replies; one customer an address"),
        sa.Column('phone', sa.String(length=20), nullable=True,
                  comment="Telephone number in international form, when known"),
        sa.Column('customer_id', sa.String(length=50), nullable=False,
                  comment="The bank's own identifier of the customer"),
        sa.Column('account_number', sa.String(length=50), nullable=True,
                  comment="Main account, as the customer quotes it in a conversation"),
        sa.Column('is_active', sa.Boolean(), nullable=False,
                  comment="False once the relationship with the bank has ended"),
        sa.Column('is_verified', sa.Boolean(), nullable=False,
                  comment="Whether the identity check has been passed"),
        sa.Column('is_vip', sa.Boolean(), nullable=False,
                  comment="Whether the customer is served with priority"),
        sa.Column('notes', sa.Text(), nullable=True,
                  comment="Free remarks for the staff, never shown to the customer"),
        sa.Column('id', sa.Integer(), nullable=False,
                  comment="Surrogate key"),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False,
                  comment="When the row was written"),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False,
                  comment="When the row last changed"),
        sa.PrimaryKeyConstraint('id'),
        comment='People who bank with us and may write to customer support',
    )
    op.create_index(op.f('idx_active_vip'), 'customers', ['is_active', 'is_vip'], unique=False)
    op.create_index(op.f('idx_customer_name'), 'customers', ['first_name', 'last_name'], unique=False)
    op.create_index(op.f('ix_customers_customer_id'), 'customers', ['customer_id'], unique=True)
    op.create_index(op.f('ix_customers_email'), 'customers', ['email'], unique=True)
    op.create_index(op.f('ix_customers_is_active'), 'customers', ['is_active'], unique=False)
    op.create_index(op.f('ix_customers_is_vip'), 'customers', ['is_vip'], unique=False)
    op.create_table(
        'conversations',
        sa.Column('customer_id', sa.Integer(), nullable=False,
                  comment="The customer who opened the conversation"),
        sa.Column('title', sa.String(length=200), nullable=False,
                  comment="Short heading for lists"),
        sa.Column('status', sa.Enum('ACTIVE', 'RESOLVED', 'ESCALATED', 'CLOSED', name='conversationstatus'), nullable=False,
                  comment="Where the conversation stands"),
        sa.Column('channel', sa.Enum('WEB', 'MOBILE', 'API', 'WHATSAPP', 'SMS', name='conversationchannel'), nullable=False,
                  comment="The way in which the customer reached us"),
        sa.Column('summary', sa.Text(), nullable=True,
                  comment="What was said, in a few sentences"),
        sa.Column('intent', sa.String(length=100), nullable=True,
                  comment="What the customer wants, as classified"),
        sa.Column('sentiment', sa.String(length=50), nullable=True,
                  comment="Mood of the customer, as classified"),
        sa.Column('message_count', sa.Integer(), nullable=False,
                  comment="Number of messages, kept in step with the messages table"),
        sa.Column('escalation_reason', sa.Text(), nullable=True,
                  comment="Why a person had to take over"),
        sa.Column('id', sa.Integer(), nullable=False,
                  comment="Surrogate key"),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False,
                  comment="When the row was written"),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False,
                  comment="When the row last changed"),
        sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id'),
        comment='Exchanges between a customer and support, each on one matter',
    )
    op.create_index(op.f('idx_channel_status'), 'conversations', ['channel', 'status'], unique=False)
    op.create_index(op.f('idx_customer_status'), 'conversations', ['customer_id', 'status'], unique=False)
    op.create_index(op.f('idx_intent'), 'conversations', ['intent'], unique=False)
    op.create_index(op.f('ix_conversations_channel'), 'conversations', ['channel'], unique=False)
    op.create_index(op.f('ix_conversations_customer_id'), 'conversations', ['customer_id'], unique=False)
    op.create_index(op.f('ix_conversations_intent'), 'conversations', ['intent'], unique=False)
    op.create_index(op.f('ix_conversations_status'), 'conversations', ['status'], unique=False)
    op.create_table(
        'messages',
        sa.Column('conversation_id', sa.Integer(), nullable=False,
                  comment="The conversation that the message belongs to"),
        sa.Column('role', sa.Enum('CUSTOMER', 'AGENT', 'SYSTEM', 'HUMAN_AGENT', name='messagerole'), nullable=False,
                  comment="Who speaks"),
        sa.Column('content', sa.Text(), nullable=False,
                  comment="The message as it was sent"),
        sa.Column('agent_name', sa.String(length=100), nullable=True,
                  comment="The automatic agent or the member of staff who answered"),
        sa.Column('intent', sa.String(length=100), nullable=True,
                  comment="What the message asks for, as classified"),
        sa.Column('sentiment', sa.String(length=50), nullable=True,
                  comment="Mood of the message, as classified"),
        sa.Column('confidence_score', sa.Integer(), nullable=True,
                  comment="How sure the classification is, in per cent"),
        sa.Column('is_error', sa.Boolean(), nullable=False,
                  comment="Whether the answer stands for a failure of the system"),
        sa.Column('requires_human', sa.Boolean(), nullable=False,
                  comment="Whether a person has to look at it"),
        sa.Column('metadata_json', sa.Text(), nullable=True,
                  comment="Further facts about the message, as JSON text"),
        sa.Column('id', sa.Integer(), nullable=False,
                  comment="Surrogate key"),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False,
                  comment="When the row was written"),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False,
                  comment="When the row last changed"),
        sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id'),
        comment='What was said, in order; rows are only ever added',
    )
    op.create_index(op.f('idx_conversation_created'), 'messages', ['conversation_id', 'created_at'], unique=False)
    op.create_index(op.f('idx_conversation_intent'), 'messages', ['conversation_id', 'intent'], unique=False)
    op.create_index(op.f('idx_requires_human'), 'messages', ['requires_human'], unique=False)
    op.create_index(op.f('idx_role'), 'messages', ['role'], unique=False)
    op.create_index(op.f('ix_messages_conversation_id'), 'messages', ['conversation_id'], unique=False)
    op.create_index(op.f('ix_messages_intent'), 'messages', ['intent'], unique=False)
    op.create_index(op.f('ix_messages_requires_human'), 'messages', ['requires_human'], unique=False)
    op.create_index(op.f('ix_messages_role'), 'messages', ['role'], unique=False)


def downgrade() -> None:
    op.drop_table('messages')
    op.drop_table('conversations')
    op.drop_table('customers')
    sa.Enum(name='messagerole').drop(op.get_bind())
    sa.Enum(name='conversationchannel').drop(op.get_bind())
    sa.Enum(name='conversationstatus').drop(op.get_bind())
