// Add escalation columns to conversations
//
// Revision ID: 96a3b0f47d1e
// Revises: 1e7c5d82f9a4
// Create Date: 2026-01-15 16:48:19.236815

#include "app/alembic/migration.hpp"

namespace support::alembic {
namespace {

using namespace schema;

constexpr std::string_view revision = "96a3b0f47d1e";
const Revisions down_revision = {"1e7c5d82f9a4"};
const Labels branch_labels = {};
const Revisions depends_on = {};

void upgrade(Operations& op) {
  // A constant default is kept in the catalogue, so that adding the column rewrites no row (PostgreSQL 11 and later).
  op.create_enum(Enum("conversationpriority", {"LOW", "NORMAL", "HIGH", "URGENT"}));
  op.add_column(
      "conversations",
      column("priority", Enum("conversationpriority", {"LOW", "NORMAL", "HIGH", "URGENT"}),
             {.nullable = false, .server_default = "NORMAL", .comment = "How soon a person should look at it"}));
  op.add_column("conversations",
                column("ticket_id", String(100), {.comment = "The ticket in the case system, once escalated"}));
  op.add_column("conversations", column("assigned_group", String(100), {.comment = "The team that it was handed to"}));
  op.create_index("idx_escalation_queue", "conversations", {"assigned_group", "priority", "created_at"},
                  {.where = "status = 'ESCALATED'"});
  op.create_index("ix_conversations_ticket_id", "conversations", {"ticket_id"}, {.where = "ticket_id IS NOT NULL"});
}

void downgrade(Operations& op) {
  op.drop_index("ix_conversations_ticket_id", {.table_name = "conversations"});
  op.drop_index("idx_escalation_queue", {.table_name = "conversations"});
  op.drop_column("conversations", "assigned_group");
  op.drop_column("conversations", "ticket_id");
  op.drop_column("conversations", "priority");
  op.drop_enum("conversationpriority");
}

SUPPORT_MIGRATION;

}  // namespace
}  // namespace support::alembic
