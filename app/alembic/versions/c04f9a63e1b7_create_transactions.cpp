// Create transactions
//
// Revision ID: c04f9a63e1b7
// Revises: 8b1d4e7a2c95
// Create Date: 2026-01-08 14:27:03.905541

#include "app/alembic/migration.hpp"

namespace support::alembic {
namespace {

using namespace schema;

constexpr std::string_view revision = "c04f9a63e1b7";
const Revisions down_revision = {"8b1d4e7a2c95"};
const Labels branch_labels = {};
const Revisions depends_on = {};

void upgrade(Operations& op) {
  op.create_table(
      "transactions",
      {column("account_id", Integer(), {.nullable = false, .comment = "The account that the money moved on"}),
       column("reference", String(100),
              {.nullable = false,
               .comment =
                   "Identifier of the movement, unique within its account, so that a repeated report changes nothing"}),
       column("transaction_type", Enum("transactiontype", {"DEBIT", "CREDIT"}),
              {.nullable = false, .comment = "Whether money left or came in"}),
       column("status", Enum("transactionstatus", {"PENDING", "POSTED", "DECLINED", "REVERSED"}),
              {.nullable = false, .comment = "Where the movement stands"}),
       column("amount", Numeric(15, 2),
              {.nullable = false, .comment = "How much, never negative; the type says which way"}),
       column("currency", String(3), {.nullable = false, .comment = "Currency of the amount, ISO 4217"}),
       column("balance_after", Numeric(15, 2), {.comment = "Booked balance once it was posted"}),
       column("description", Text(), {.comment = "Text on the statement"}),
       column("merchant_name", String(200), {.comment = "Who was paid, when it was a purchase"}),
       column("occurred_at", DateTime{.timezone = true}, {.nullable = false, .comment = "When the customer acted"}),
       column("posted_at", DateTime{.timezone = true}, {.comment = "When it was booked"}),
       column("id", BigInteger(), {.nullable = false, .comment = "Surrogate key"}),
       column("created_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row was written"}),
       column("updated_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row last changed"}),
       ForeignKeyConstraint({"account_id"}, {"accounts.id"}, {.ondelete = "RESTRICT"}),
       UniqueConstraint({"account_id", "reference"}, {.name = "uq_transactions_account_id_reference"}),
       CheckConstraint("amount >= 0", {.name = "ck_transactions_amount"}),
       CheckConstraint("currency ~ '^[A-Z]{3}$'", {.name = "ck_transactions_currency"}), PrimaryKeyConstraint({"id"})},
      {.comment = "Movements on accounts, as the core banking system reports them"});
  op.create_index("idx_transaction_account_occurred", "transactions", {"account_id", "occurred_at", "id"});
  op.create_index("idx_transaction_pending", "transactions", {"account_id"}, {.where = "status = 'PENDING'"});
}

void downgrade(Operations& op) {
  op.drop_table("transactions");
  op.drop_enum("transactionstatus");
  op.drop_enum("transactiontype");
}

SUPPORT_MIGRATION;

}  // namespace
}  // namespace support::alembic
