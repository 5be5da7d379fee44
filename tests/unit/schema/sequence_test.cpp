#include "app/schema/sequence.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace support::schema {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::string sql(const Sequence& sequence, bool if_not_exists = false) {
  return create_sequence_sql(sequence, if_not_exists, {});
}

TEST(SequenceSql, SaysOnlyWhatIsSet) {
  EXPECT_EQ(sql(Sequence("s")), "CREATE SEQUENCE s");
  EXPECT_EQ(sql(Sequence("S", {.schema = "app"}), true), "CREATE SEQUENCE IF NOT EXISTS app.\"S\"");
  EXPECT_EQ(sql(Sequence("s", {.nominvalue = true, .nomaxvalue = true, .cycle = false})),
            "CREATE SEQUENCE s NO MINVALUE NO MAXVALUE NO CYCLE");
}

TEST(SequenceSql, HasEveryOption) {
  EXPECT_EQ(sql(Sequence("s", {.type = Integer(),
                               .start = 5,
                               .increment = 2,
                               .minvalue = 1,
                               .maxvalue = 99,
                               .cycle = true,
                               .cache = 10,
                               .owned_by = {{.table = "Orders", .column = "id", .schema = "app"}},
                               .persistence = Persistence::unlogged})),
            "CREATE UNLOGGED SEQUENCE s AS INTEGER INCREMENT BY 2 START WITH 5 MINVALUE 1 MAXVALUE 99 CACHE 10 CYCLE "
            "OWNED BY app.\"Orders\".id");
  EXPECT_EQ(sql(Sequence("s", {.persistence = Persistence::temporary})), "CREATE TEMPORARY SEQUENCE s");
}

TEST(SequenceSql, RefusesATypeThatDoesNotCountAndABoundThatIsNone) {
  EXPECT_THAT([] { sql(Sequence("s", {.type = Text()})); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("count in TEXT; PostgreSQL allows SMALLINT")));
  EXPECT_THROW(sql(Sequence("s", {.minvalue = 1, .nominvalue = true})), std::invalid_argument);
  EXPECT_THROW(sql(Sequence("s", {.maxvalue = 1, .nomaxvalue = true})), std::invalid_argument);
  EXPECT_THROW(sql(Sequence(std::string(64, 's'))), std::invalid_argument);
}

}  // namespace
}  // namespace support::schema
