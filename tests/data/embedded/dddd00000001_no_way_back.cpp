// Takes a table away, and does not say how it comes back
//
// Revision ID: dddd00000001
// Revises: aaaa00000001
// Create Date: 2026-11-28 16:40:00.000000

#include "app/alembic/migration.hpp"

namespace support::alembic {
namespace {

constexpr std::string_view revision = "dddd00000001";
const Revisions down_revision = {"aaaa00000001"};
const Labels branch_labels = {};
const Revisions depends_on = {};

void upgrade(Operations& op) {
  op.drop_table("cccc");
}

void downgrade([[maybe_unused]] Operations& op) {}

SUPPORT_MIGRATION;

}  // namespace
}  // namespace support::alembic
