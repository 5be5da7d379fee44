// Says why there is no way back
//
// Revision ID: eeee00000001
// Revises: dddd00000001
// Create Date: 2026-11-28 16:40:00.000000

#include "app/alembic/migration.hpp"

namespace support::alembic {
namespace {

constexpr std::string_view revision = "eeee00000001";
const Revisions down_revision = {"dddd00000001"};
const Labels branch_labels = {};
const Revisions depends_on = {};
constexpr std::string_view irreversible = "the notes were printed and burnt";

void upgrade(Operations& op) {
  op.execute("SELECT 1");
}

void downgrade([[maybe_unused]] Operations& op) {}

SUPPORT_MIGRATION;

}  // namespace
}  // namespace support::alembic
