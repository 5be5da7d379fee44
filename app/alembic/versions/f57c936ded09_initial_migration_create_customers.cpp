// Initial migration: create customers, conversations, messages tables
//
// Revision ID: f57c936ded09
// Revises:
// Create Date: 2025-12-14 18:31:52.625606

#include "app/alembic/migration.hpp"

namespace support::alembic {
namespace {

using namespace schema;

constexpr std::string_view revision = "f57c936ded09";
const Revisions down_revision = {};
const Labels branch_labels = {};
const Revisions depends_on = {};

void create_customers(Operations& op) {
  op.create_table(
      "customers",
      {column("first_name", String(100), {.nullable = false, .comment = "Given name, as the customer writes it"}),
       column("last_name", String(100), {.nullable = false, .comment = "Family name, as the customer writes it"}),
       column("email", String(255), {.nullable = false, .comment = "Address for replies; one customer an address"}),
       column("phone", String(20), {.comment = "Telephone number in international form, when known"}),
       column("customer_id", String(50), {.nullable = false, .comment = "The bank's own identifier of the customer"}),
       column("account_number", String(50), {.comment = "Main account, as the customer quotes it in a conversation"}),
       column("is_active", Boolean(),
              {.nullable = false, .comment = "False once the relationship with the bank has ended"}),
       column("is_verified", Boolean(), {.nullable = false, .comment = "Whether the identity check has been passed"}),
       column("is_vip", Boolean(), {.nullable = false, .comment = "Whether the customer is served with priority"}),
       column("notes", Text(), {.comment = "Free remarks for the staff, never shown to the customer"}),
       column("id", Integer(), {.nullable = false, .comment = "Surrogate key"}),
       column("created_at", DateTime{.timezone = true}, {.nullable = false, .comment = "When the row was written"}),
       column("updated_at", DateTime{.timezone = true}, {.nullable = false, .comment = "When the row last changed"}),
       PrimaryKeyConstraint({"id"})},
      {.comment = "People who bank with us and may write to customer support"});
  op.create_index("idx_active_vip", "customers", {"is_active", "is_vip"});
  op.create_index("idx_customer_name", "customers", {"first_name", "last_name"});
  op.create_index("ix_customers_customer_id", "customers", {"customer_id"}, {.unique = true});
  op.create_index("ix_customers_email", "customers", {"email"}, {.unique = true});
  op.create_index("ix_customers_is_active", "customers", {"is_active"});
  op.create_index("ix_customers_is_vip", "customers", {"is_vip"});
}

void create_conversations(Operations& op) {
  op.create_table(
      "conversations",
      {column("customer_id", Integer(), {.nullable = false, .comment = "The customer who opened the conversation"}),
       column("title", String(200), {.nullable = false, .comment = "Short heading for lists"}),
       column("status", Enum("conversationstatus", {"ACTIVE", "RESOLVED", "ESCALATED", "CLOSED"}),
              {.nullable = false, .comment = "Where the conversation stands"}),
       column("channel", Enum("conversationchannel", {"WEB", "MOBILE", "API", "WHATSAPP", "SMS"}),
              {.nullable = false, .comment = "The way in which the customer reached us"}),
       column("summary", Text(), {.comment = "What was said, in a few sentences"}),
       column("intent", String(100), {.comment = "What the customer wants, as classified"}),
       column("sentiment", String(50), {.comment = "Mood of the customer, as classified"}),
       column("message_count", Integer(),
              {.nullable = false, .comment = "Number of messages, kept in step with the messages table"}),
       column("escalation_reason", Text(), {.comment = "Why a person had to take over"}),
       column("id", Integer(), {.nullable = false, .comment = "Surrogate key"}),
       column("created_at", DateTime{.timezone = true}, {.nullable = false, .comment = "When the row was written"}),
       column("updated_at", DateTime{.timezone = true}, {.nullable = false, .comment = "When the row last changed"}),
       ForeignKeyConstraint({"customer_id"}, {"customers.id"}, {.ondelete = "CASCADE"}), PrimaryKeyConstraint({"id"})},
      {.comment = "Exchanges between a customer and support, each on one matter"});
  op.create_index("idx_channel_status", "conversations", {"channel", "status"});
  op.create_index("idx_customer_status", "conversations", {"customer_id", "status"});
  op.create_index("idx_intent", "conversations", {"intent"});
  op.create_index("ix_conversations_channel", "conversations", {"channel"});
  op.create_index("ix_conversations_customer_id", "conversations", {"customer_id"});
  op.create_index("ix_conversations_intent", "conversations", {"intent"});
  op.create_index("ix_conversations_status", "conversations", {"status"});
}

void create_messages(Operations& op) {
  op.create_table(
      "messages",
      {column("conversation_id", Integer(),
              {.nullable = false, .comment = "The conversation that the message belongs to"}),
       column("role", Enum("messagerole", {"CUSTOMER", "AGENT", "SYSTEM", "HUMAN_AGENT"}),
              {.nullable = false, .comment = "Who speaks"}),
       column("content", Text(), {.nullable = false, .comment = "The message as it was sent"}),
       column("agent_name", String(100), {.comment = "The automatic agent or the member of staff who answered"}),
       column("intent", String(100), {.comment = "What the message asks for, as classified"}),
       column("sentiment", String(50), {.comment = "Mood of the message, as classified"}),
       column("confidence_score", Integer(), {.comment = "How sure the classification is, in per cent"}),
       column("is_error", Boolean(),
              {.nullable = false, .comment = "Whether the answer stands for a failure of the system"}),
       column("requires_human", Boolean(), {.nullable = false, .comment = "Whether a person has to look at it"}),
       column("metadata_json", Text(), {.comment = "Further facts about the message, as JSON text"}),
       column("id", Integer(), {.nullable = false, .comment = "Surrogate key"}),
       column("created_at", DateTime{.timezone = true}, {.nullable = false, .comment = "When the row was written"}),
       column("updated_at", DateTime{.timezone = true}, {.nullable = false, .comment = "When the row last changed"}),
       ForeignKeyConstraint({"conversation_id"}, {"conversations.id"}, {.ondelete = "CASCADE"}),
       PrimaryKeyConstraint({"id"})},
      {.comment = "What was said, in order; rows are only ever added"});
  op.create_index("idx_conversation_created", "messages", {"conversation_id", "created_at"});
  op.create_index("idx_conversation_intent", "messages", {"conversation_id", "intent"});
  op.create_index("idx_requires_human", "messages", {"requires_human"});
  op.create_index("idx_role", "messages", {"role"});
  op.create_index("ix_messages_conversation_id", "messages", {"conversation_id"});
  op.create_index("ix_messages_intent", "messages", {"intent"});
  op.create_index("ix_messages_requires_human", "messages", {"requires_human"});
  op.create_index("ix_messages_role", "messages", {"role"});
}

void upgrade(Operations& op) {
  create_customers(op);
  create_conversations(op);
  create_messages(op);
}

void downgrade(Operations& op) {
  op.drop_table("messages");
  op.drop_table("conversations");
  op.drop_table("customers");
  op.drop_enum("messagerole");
  op.drop_enum("conversationchannel");
  op.drop_enum("conversationstatus");
}

SUPPORT_MIGRATION;

}  // namespace
}  // namespace support::alembic
