// Create customer credentials and scopes
//
// Revision ID: d52e81c7460b
// Revises: 96a3b0f47d1e
// Create Date: 2026-01-20 11:33:57.682104

#include "app/alembic/migration.hpp"

namespace support::alembic {
namespace {

using namespace schema;

constexpr std::string_view revision = "d52e81c7460b";
const Revisions down_revision = {"96a3b0f47d1e"};
const Labels branch_labels = {};
const Revisions depends_on = {};

void upgrade(Operations& op) {
  op.create_table(
      "customer_credentials",
      {column("customer_id", Integer(), {.nullable = false, .comment = "The customer that signs in"}),
       column("password_hash", Text(),
              {.nullable = false,
               .comment = "Salted hash with its algorithm and cost, as a PHC string; never a password"}),
       column("failed_attempts", Integer(),
              {.nullable = false, .server_default = text("0"), .comment = "Wrong passwords since the last right one"}),
       column("locked_until", DateTime{.timezone = true}, {.comment = "No sign-in before this time"}),
       column("last_login_at", DateTime{.timezone = true}, {.comment = "When the customer last signed in"}),
       column("password_changed_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the password was set"}),
       column("created_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row was written"}),
       column("updated_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row last changed"}),
       ForeignKeyConstraint({"customer_id"}, {"customers.id"}, {.ondelete = "CASCADE"}),
       CheckConstraint("failed_attempts >= 0", {.name = "ck_customer_credentials_failed_attempts"}),
       PrimaryKeyConstraint({"customer_id"})},
      {.comment = "How a customer signs in; one row a customer, apart from the personal data"});
  op.create_table(
      "customer_scopes",
      {column("customer_id", Integer(), {.nullable = false, .comment = "The customer who may"}),
       column("scope", String(100), {.nullable = false, .comment = "What is allowed, as in accounts:read"}),
       column("granted_by", String(100), {.comment = "Who granted it"}),
       column("expires_at", DateTime{.timezone = true}, {.comment = "When it ends by itself"}),
       column("created_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When it was granted"}),
       ForeignKeyConstraint({"customer_id"}, {"customers.id"}, {.ondelete = "CASCADE"}),
       CheckConstraint("scope ~ '^[a-z_]+(:[a-z_]+)*$'", {.name = "ck_customer_scopes_scope"}),
       PrimaryKeyConstraint({"customer_id", "scope"})},
      {.comment =
           "What a customer may do. The vocabulary is in the code that checks it, so there is no table of scopes"});
}

void downgrade(Operations& op) {
  op.drop_table("customer_scopes");
  op.drop_table("customer_credentials");
}

SUPPORT_MIGRATION;

}  // namespace
}  // namespace support::alembic
