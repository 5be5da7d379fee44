// In the middle
//
// Revision ID: bbbb00000001
// Revises: cccc00000001
// Create Date: 2026-01-18 03:38:38.172294

#include "app/alembic/migration.hpp"

namespace support::alembic {
namespace {

constexpr std::string_view revision = "bbbb00000001";
const Revisions down_revision = {"cccc00000001"};
const Labels branch_labels = {};
const Revisions depends_on = {};
constexpr std::string_view loses = "what was in the middle";

void upgrade([[maybe_unused]] Operations& op) {}

void downgrade([[maybe_unused]] Operations& op) {}

SUPPORT_MIGRATION;

}  // namespace
}  // namespace support::alembic
