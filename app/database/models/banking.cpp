#include "app/database/models/tables.hpp"

namespace support::database::models {

using namespace schema;

schema::Table products() {
  return Table(
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
       CheckConstraint("monthly_fee >= 0", {.name = "ck_products_monthly_fee"}), PrimaryKeyConstraint({"id"}),
       Index("ix_products_code", {"code"}, {.unique = true}), Index("ix_products_product_type", {"product_type"})},
      {.comment = "What the bank offers"});
}

schema::Table accounts() {
  return Table(
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
       PrimaryKeyConstraint({"id"}),
       Index("idx_account_customer_status", {"customer_id", "status"}),
       Index("ix_accounts_account_number", {"account_number"}, {.unique = true}),
       Index("ix_accounts_product_id", {"product_id"})},
      {.comment = "Accounts of customers, as the core banking system reports them"});
}

schema::Table transactions() {
  return Table(
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
       CheckConstraint("currency ~ '^[A-Z]{3}$'", {.name = "ck_transactions_currency"}),
       PrimaryKeyConstraint({"id"}),
       Index("idx_transaction_account_occurred", {"account_id", "occurred_at", "id"}),
       Index("idx_transaction_pending", {"account_id"}, {.where = "status = 'PENDING'"})},
      {.comment = "Movements on accounts, as the core banking system reports them"});
}

}  // namespace support::database::models
