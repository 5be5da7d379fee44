#include "app/database/models/tables.hpp"

namespace support::database::models {

using namespace schema;

schema::Table faqs() {
  return Table(
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
       PrimaryKeyConstraint({"id"}), Index("idx_faq_published_category", {"category"}, {.where = "is_published"}),
       Index("idx_faq_tags", {"tags"}, {.using_ = "gin"})},
      {.comment = "Questions that are asked often, with their approved answers"});
}

}  // namespace support::database::models
