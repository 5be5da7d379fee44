// Where PostgreSQL 15 and 18 differ: the same operations must mean the same on both.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/alembic/operations/operations.hpp"

#include "tests/integration/alembic/engine.hpp"
#include "tests/support/migration_scripts.hpp"

namespace support::tests {
namespace {

using namespace schema;
using alembic::Operations;

class ServerVersion : public testing::Test {
 protected:
  void apply(const alembic::Body& body) {
    auto script = make_script({.revision = fmt::format("r{}", scripts_.size() + 1)}, "step");
    if (!scripts_.empty()) script.declared.down_revisions = {scripts_.back().declared.revision};
    script.upgrade = body;
    scripts_.push_back(script);
    const auto outcome = engine_.upgrade(alembic::ScriptDirectory(scripts_));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.printed;
  }

  // Without the row of the version table, which is no schema anyway.
  std::string schema() { return database_.cluster().describe_catalog(database_.name()); }

  TestDatabase database_;
  Engine engine_{database_};
  std::vector<alembic::Script> scripts_;
};

TEST_F(ServerVersion, EveryWordThatTheServerReservesCanBeAName) {
  const auto words = database_.sql("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T') ORDER BY word");
  ASSERT_GT(words.size(), 90U);
  apply([&](Operations& op) {
    for (const auto& row : words) {
      const auto& word = row.at(0);
      op.create_table(word, {column("id", Integer()), column(word, Integer(), {.index = true, .comment = "a word"})});
      op.alter_column(word, word, {.nullable = false});
      op.create_unique_constraint("uq_" + word, word, {word});
      op.rename_table(word, word + "_");
    }
  });
}

// PostgreSQL 18 makes generated columns virtual unless told otherwise.
TEST_F(ServerVersion, AGeneratedColumnIsStored) {
  apply([](Operations& op) {
    op.create_table("t", {column("a", Integer()), column("twice", Integer(), {.server_default = Computed("a * 2")})});
    op.add_column("t", column("thrice", Integer(), {.server_default = Computed("a * 3")}));
  });
  const auto kinds = database_.sql(
      "SELECT DISTINCT attgenerated FROM pg_attribute WHERE attrelid = 't'::regclass AND attgenerated <> ''");
  ASSERT_EQ(kinds.size(), 1U);
  EXPECT_EQ(kinds.front().front(), "s");
}

// PostgreSQL 18 keeps NOT NULL as a constraint with a name, which survives a rename of the column.
TEST_F(ServerVersion, NotNullComesAndGoesWithoutATrace) {
  apply([](Operations& op) {
    op.create_table("t", {column("a", Integer()), column("b", Integer(), {.nullable = false})});
  });
  const auto before = schema();
  apply([](Operations& op) {
    op.alter_column("t", "a", {.nullable = false});
    op.alter_column("t", "a", {.new_column_name = "renamed"});
    op.alter_column("t", "renamed", {.nullable = true});
    op.alter_column("t", "renamed", {.new_column_name = "a"});
    op.add_column("t", column("c", Integer(), {.nullable = false}));
    op.drop_column("t", "c");
    op.create_primary_key("t_key", "t", {"b"});
    op.drop_constraint("t_key", "t", {.type_ = alembic::ConstraintType::primary_key});
  });
  EXPECT_EQ(schema(), before);
}

}  // namespace
}  // namespace support::tests
