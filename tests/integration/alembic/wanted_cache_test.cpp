// Wanted schemas that are kept for the next time.
#include "app/alembic/autogenerate/wanted_cache.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "app/alembic/autogenerate/snapshot_archive.hpp"
#include "app/alembic/autogenerate/wanted.hpp"

#include "tests/integration/alembic/database_session.hpp"
#include "tests/support/temporary_folder.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;

constexpr auto everything =
    "CREATE SCHEMA depot; CREATE TYPE depot.state AS ENUM ('new', 'worn'); CREATE DOMAIN depot.label AS text DEFAULT "
    "'none' CHECK (VALUE <> ''); CREATE TYPE depot.size AS (wide integer, high numeric(4,1)); CREATE TYPE depot.span "
    "AS "
    "RANGE (SUBTYPE = float8); CREATE SEQUENCE depot.numbers CYCLE; CREATE TABLE depot.bus (id bigint GENERATED ALWAYS "
    "AS IDENTITY PRIMARY KEY, state depot.state DEFAULT 'new', label depot.label, seats integer CHECK (seats > 0), "
    "doubled integer GENERATED ALWAYS AS (seats * 2) STORED, next bigint REFERENCES depot.bus ON DELETE SET NULL "
    "DEFERRABLE); ALTER TABLE depot.bus ALTER COLUMN seats SET STATISTICS 50; CREATE INDEX bus_seats ON depot.bus "
    "(seats DESC, lower(label)) INCLUDE (state) WHERE seats > 9; COMMENT ON TABLE depot.bus IS 'It''s a \"bus\"'; "
    "CREATE TABLE depot.trip (at date, bus bigint) PARTITION BY RANGE (at); CREATE TABLE depot.trip_old PARTITION OF "
    "depot.trip DEFAULT; CREATE VIEW depot.worn AS SELECT id FROM depot.bus WHERE state = 'worn'; CREATE FUNCTION "
    "depot.twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN n * 2; CREATE FUNCTION depot.touch() RETURNS "
    "trigger LANGUAGE plpgsql AS $$BEGIN RETURN new; END$$; CREATE TRIGGER touch BEFORE UPDATE ON depot.bus FOR EACH "
    "ROW EXECUTE FUNCTION depot.touch(); CREATE POLICY all_of_it ON depot.bus USING (true); CREATE RULE quiet AS ON "
    "DELETE TO depot.bus DO INSTEAD NOTHING; CREATE STATISTICS depot.both ON state, seats FROM depot.bus; GRANT SELECT "
    "ON depot.bus TO PUBLIC;";

constexpr InspectOptions reading{.access = InspectOptions::AccessRights::read,
                                 .dependencies = InspectOptions::Dependencies::read};

class KeptSchemas : public testing::Test {
 protected:
  CatalogSnapshot get(const std::string& statements, const InspectOptions& options = reading) {
    return WantedCache(folder_ / "cache").get(*session_, statements, options, [&] {
      ++built_;
      return wanted_from_sql(*session_, statements, {.inspect = options});
    });
  }
  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> result;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "cache")) result.push_back(entry.path());
    return result;
  }

  TestDatabase database_;
  DatabaseSession session_{database_};
  TemporaryFolder folder_;
  int built_ = 0;
};

TEST_F(KeptSchemas, TextHoldsAllOfASnapshot) {
  const auto snapshot = wanted_from_sql(*session_, everything, {.inspect = reading});
  EXPECT_EQ(unarchived(archived(snapshot)), snapshot);
  EXPECT_EQ(unarchived(archived({})), CatalogSnapshot());
  EXPECT_EQ(unarchived("[1]"), std::nullopt);
  EXPECT_EQ(unarchived("{\"a\":"), std::nullopt);
  EXPECT_EQ(unarchived(""), std::nullopt);
}

TEST_F(KeptSchemas, AreBuiltOnce) {
  const auto first = get(everything);
  EXPECT_EQ(get(everything), first);
  EXPECT_EQ(built_, 1);
  ASSERT_EQ(files().size(), 1U);
  EXPECT_EQ(std::filesystem::status(files().front()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(KeptSchemas, AreBuiltAgainForOtherStatementsOptionsSettingsAndExtensions) {
  get("CREATE TABLE a (b integer);");
  get("CREATE TABLE a (b bigint);");
  EXPECT_EQ(built_, 2);
  get("CREATE TABLE a (b bigint);", {.schemas = {"public"}});
  EXPECT_EQ(built_, 3);
  session_->execute("SET default_toast_compression TO 'pglz'; SET quote_all_identifiers TO on");
  get("CREATE TABLE a (b bigint);");
  EXPECT_EQ(built_, 4);
  database_.sql("CREATE EXTENSION citext");
  get("CREATE TABLE a (b bigint);");
  EXPECT_EQ(built_, 5);
}

TEST_F(KeptSchemas, AreNotKeptWhereEventTriggersMayDoAnything) {
  database_.sql(
      "CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$; CREATE EVENT TRIGGER meddle "
      "ON "
      "ddl_command_end EXECUTE FUNCTION meddle()");
  get("CREATE TABLE a (b integer);");
  get("CREATE TABLE a (b integer);");
  EXPECT_EQ(built_, 2);
}

TEST_F(KeptSchemas, AreBuiltAgainWhenTheirFileIsDamaged) {
  const auto first = get(everything);
  ASSERT_EQ(files().size(), 1U);
  std::filesystem::resize_file(files().front(), 100);
  EXPECT_EQ(get(everything), first);
  EXPECT_EQ(built_, 2);
  EXPECT_EQ(get(everything), first);
  EXPECT_EQ(built_, 2);
}

TEST_F(KeptSchemas, AreBuiltWhereNothingCanBeKept) {
  folder_.write("cache", "a file where the folder should be");
  EXPECT_EQ(get("CREATE TABLE a (b integer);").tables.size(), 1U);
  const auto none = WantedCache({}).get(*session_, "", reading, [] { return CatalogSnapshot{.role = "built"}; });
  EXPECT_EQ(none.role, "built");
}

TEST_F(KeptSchemas, LeaveNothingOfAProcessThatWasKilled) {
  const auto old_rest = folder_.write("cache/abc.json.17", "{");
  const auto new_rest = folder_.write("cache/abc.json.18", "{");
  std::filesystem::last_write_time(old_rest, std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  get("CREATE TABLE a (b integer);");
  EXPECT_FALSE(std::filesystem::exists(old_rest));
  EXPECT_TRUE(std::filesystem::exists(new_rest));
}

TEST_F(KeptSchemas, AreForgottenWhenThereAreManyNewerOnes) {
  for (int i = 0; i < 20; ++i) {
    WantedCache(folder_ / "cache").get(*session_, std::to_string(i), reading, [] { return CatalogSnapshot(); });
  }
  EXPECT_EQ(files().size(), 16U);
}

}  // namespace
}  // namespace support::tests
