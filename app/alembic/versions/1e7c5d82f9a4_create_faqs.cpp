// Create faqs
//
// Revision ID: 1e7c5d82f9a4
// Revises: c04f9a63e1b7
// Create Date: 2026-01-12 10:05:31.470962

#include "app/alembic/migration.hpp"

namespace support::alembic {
namespace {

using namespace schema;

constexpr std::string_view revision = "1e7c5d82f9a4";
const Revisions down_revision = {"c04f9a63e1b7"};
const Labels branch_labels = {};
const Revisions depends_on = {};

void upgrade(Operations& op) {
  op.create_table(
      "faqs",
      {column("question", Text(), {.nullable = false, .comment = "The question, in the words of a customer"}),
       column("answer", Text(), {.nullable = false, .comment = "The answer that compliance has approved"}),
       column("category", String(100), {.nullable = false, .comment = "Heading under which it is listed"}),
       column("tags", Array(Text()),
              {.nullable = false, .server_default = text("'{}'"), .comment = "Further words to find it by"}),
       column("is_published", Boolean(),
              {.nullable = false, .server_default = text("false"), .comment = "Whether customers may see it"}),
       column("view_count", Integer(),
              {.nullable = false, .server_default = text("0"), .comment = "How often it was shown"}),
       column("helpful_count", Integer(),
              {.nullable = false, .server_default = text("0"), .comment = "How often a customer said that it helped"}),
       column("id", Integer(), {.nullable = false, .comment = "Surrogate key"}),
       column("created_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row was written"}),
       column("updated_at", DateTime{.timezone = true},
              {.nullable = false, .server_default = text("now()"), .comment = "When the row last changed"}),
       CheckConstraint("view_count >= 0 AND helpful_count >= 0", {.name = "ck_faqs_counts"}),
       PrimaryKeyConstraint({"id"})},
      {.comment = "Questions that are asked often, with their approved answers"});
  op.create_index("idx_faq_published_category", "faqs", {"category"}, {.where = "is_published"});
  op.create_index("idx_faq_tags", "faqs", {"tags"}, {.using_ = "gin"});
}

void downgrade(Operations& op) {
  op.drop_table("faqs");
}

SUPPORT_MIGRATION;

}  // namespace
}  // namespace support::alembic
