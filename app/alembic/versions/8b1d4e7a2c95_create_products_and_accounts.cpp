// Create products and accounts
//
// Revision ID: 8b1d4e7a2c95
// Revises: f57c936ded09
// Create Date: 2026-01-06 09:12:44.318027

#include "app/alembic/migration.hpp"

namespace support::alembic {
namespace {

using namespace schema;

constexpr std::string_view revision = "8b1d4e7a2c95";
const Revisions down_revision = {"f57c936ded09"};
const Labels branch_labels = {};
const Revisions depends_on = {};

void create_products(Operations& op) {
  op.create_table(
      "products",
      {column("code", String(50), {.nullable = false, .comment = "The bank's own identifier of the product"}),
       column("name", String(100), {.nullable = false, .comment = "Name under which it is sold"}),
       column("product_type",
              Enum("producttype", {"CURRENT_ACCOUNT", "SAVINGS_ACCOUNT", "CREDIT_CARD", "LOAN", "MORTGAGE"}),
              {.nullable = false, .comment = "The family that it belongs to"}),
       column("description", Text(), {.comment = "What it does, in words for customers"}),
       column("interest_rate", Numeric(7, 4), {.comment = "Yearly rate in per cent, when the product has one"}),
       column("monthly_fee", Numeric(15, 2),
              {.nullable = false, .server_default = text("0"), .comment = "Price of one month"}),
       column("currency", String(3), {.nullable = false, .comment = "Currency of the fee, ISO 4217"}),
       column("is_active", Boolean(),
              {.nullable = false, .server_default = text("true"), .comment = "Whether it can still be opened"}),
       column("id", Integer(), {.nullable = false, .comment = "Surrogate key"}),
       column("created_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row was written"}),
       column("updated_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row last changed"}),
       CheckConstraint("currency ~ '^[A-Z]{3}$'", {.name = "ck_products_currency"}),
       CheckConstraint("monthly_fee >= 0", {.name = "ck_products_monthly_fee"}), PrimaryKeyConstraint({"id"})},
      {.comment = "What the bank offers"});
  op.create_index("ix_products_code", "products", {"code"}, {.unique = true});
  op.create_index("ix_products_product_type", "products", {"product_type"});
}

void create_accounts(Operations& op) {
  op.create_table(
      "accounts",
      {column(
           "customer_id", String(50),
           {.nullable = false,
            .comment = "The holder's customers.customer_id: the feed of the core banking system knows no other key"}),
       column("product_id", Integer(), {.nullable = false, .comment = "The product that the account was opened under"}),
       column("account_number", String(50),
              {.nullable = false, .comment = "Number of the account, sort code included, unique in the bank"}),
       column("account_type", Enum("accounttype", {"PERSONAL", "JOINT", "BUSINESS"}),
              {.nullable = false, .comment = "How the account is held"}),
       column("status", Enum("accountstatus", {"PENDING", "ACTIVE", "FROZEN", "CLOSED"}),
              {.nullable = false, .comment = "Where the account stands"}),
       column("currency", String(3), {.nullable = false, .comment = "Currency of the amounts, ISO 4217"}),
       column("balance", Numeric(15, 2), {.nullable = false, .server_default = text("0"), .comment = "Booked balance"}),
       column("available_balance", Numeric(15, 2),
              {.comment = "What can be spent now, pending payments and overdraft counted in"}),
       column("overdraft_limit", Numeric(15, 2),
              {.nullable = false, .server_default = text("0"), .comment = "How far the balance may fall below zero"}),
       column("opened_at", DateTime{.timezone = true}, {.nullable = false, .comment = "When the account was opened"}),
       column("closed_at", DateTime{.timezone = true}, {.comment = "When the account was closed"}),
       column("id", Integer(), {.nullable = false, .comment = "Surrogate key"}),
       column("created_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row was written"}),
       column("updated_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row last changed"}),
       ForeignKeyConstraint({"customer_id"}, {"customers.customer_id"},
                            {.onupdate = "CASCADE", .ondelete = "RESTRICT"}),
       ForeignKeyConstraint({"product_id"}, {"products.id"}, {.ondelete = "RESTRICT"}),
       CheckConstraint("currency ~ '^[A-Z]{3}$'", {.name = "ck_accounts_currency"}),
       CheckConstraint("overdraft_limit >= 0", {.name = "ck_accounts_overdraft_limit"}),
       CheckConstraint("closed_at >= opened_at", {.name = "ck_accounts_closed_at"}),
       PrimaryKeyConstraint({"id"})},
      {.comment = "Accounts of customers, as the core banking system reports them"});
  op.create_index("idx_account_customer_status", "accounts", {"customer_id", "status"});
  op.create_index("ix_accounts_account_number", "accounts", {"account_number"}, {.unique = true});
  op.create_index("ix_accounts_product_id", "accounts", {"product_id"});
}

void upgrade(Operations& op) {
  create_products(op);
  create_accounts(op);
}

void downgrade(Operations& op) {
  op.drop_table("accounts");
  op.drop_table("products");
  op.drop_enum("accountstatus");
  op.drop_enum("accounttype");
  op.drop_enum("producttype");
}

SUPPORT_MIGRATION;

}  // namespace
}  // namespace support::alembic
