#include "app/database/models/tables.hpp"

namespace support::database::models {

using namespace schema;

schema::Table conversations() {
  return Table(
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
       column("priority", Enum("conversationpriority", {"LOW", "NORMAL", "HIGH", "URGENT"}),
              {.nullable = false, .server_default = "NORMAL", .comment = "How soon a person should look at it"}),
       column("ticket_id", String(100), {.comment = "The ticket in the case system, once escalated"}),
       column("assigned_group", String(100), {.comment = "The team that it was handed to"}),
       ForeignKeyConstraint({"customer_id"}, {"customers.id"}, {.ondelete = "CASCADE"}),
       PrimaryKeyConstraint({"id"}),
       Index("idx_channel_status", {"channel", "status"}),
       Index("idx_customer_status", {"customer_id", "status"}),
       Index("idx_intent", {"intent"}),
       Index("ix_conversations_channel", {"channel"}),
       Index("ix_conversations_customer_id", {"customer_id"}),
       Index("ix_conversations_intent", {"intent"}),
       Index("ix_conversations_status", {"status"}),
       Index("idx_escalation_queue", {"assigned_group", "priority", "created_at"}, {.where = "status = 'ESCALATED'"}),
       Index("ix_conversations_ticket_id", {"ticket_id"}, {.where = "ticket_id IS NOT NULL"})},
      {.comment = "Exchanges between a customer and support, each on one matter"});
}

schema::Table messages() {
  return Table(
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
       PrimaryKeyConstraint({"id"}),
       Index("idx_conversation_created", {"conversation_id", "created_at"}),
       Index("idx_conversation_intent", {"conversation_id", "intent"}),
       Index("idx_requires_human", {"requires_human"}),
       Index("idx_role", {"role"}),
       Index("ix_messages_conversation_id", {"conversation_id"}),
       Index("ix_messages_intent", {"intent"}),
       Index("ix_messages_requires_human", {"requires_human"}),
       Index("ix_messages_role", {"role"})},
      {.comment = "What was said, in order; rows are only ever added"});
}

}  // namespace support::database::models
