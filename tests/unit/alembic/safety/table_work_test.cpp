#include "app/alembic/safety/model/table_work.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "app/alembic/safety/model/replay.hpp"
#include "app/alembic/safety/syntax/script.hpp"

namespace support::alembic::safety {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// What is there before.
constexpr const char* before = R"(
CREATE TABLE orgs (id bigint PRIMARY KEY, title text);
CREATE TABLE messages (id bigint PRIMARY KEY, org bigint, body text, at timestamp, seen boolean,
  CONSTRAINT messages_org CHECK (org IS NOT NULL));
CREATE INDEX messages_at ON messages (at);
CREATE VIEW recent AS SELECT * FROM messages;
CREATE MATERIALIZED VIEW totals AS SELECT org, count(*) FROM messages GROUP BY org;
CREATE TABLE parted (id bigint, at date) PARTITION BY RANGE (at);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
)";

std::vector<std::string> work_of(const std::string& sql, const std::string& more_before = "") {
  SchemaModel model;
  for (const auto& statement : read_script(before + more_before, "before.sql").statements) {
    replay(model, statement.node(), 0);
  }
  model.next_epoch();
  std::vector<std::string> lines;
  for (const auto& statement : read_script(sql, "now.sql").statements) {
    const auto work = table_work(statement.node(), model);
    for (const auto& table : work.tables) {
      const auto name = table.relation.name.empty() ? "everything" : table.relation.text();
      lines.push_back(fmt::format("{} {}{}{}", work_name(table.work), name, table.with_children ? "" : " only",
                                  table.means_sources ? " sources" : ""));
    }
    if (!work.unknown.empty()) lines.push_back("unknown");
  }
  return lines;
}

struct Case {
  const char* sql;
  std::vector<std::string> work;
};

class WorkOfStatement : public testing::TestWithParam<Case> {};

TEST_P(WorkOfStatement, IsNamedByTable) {
  EXPECT_THAT(work_of(GetParam().sql), testing::UnorderedElementsAreArray(GetParam().work)) << GetParam().sql;
}

INSTANTIATE_TEST_SUITE_P(
    Batches, WorkOfStatement,
    testing::Values(
        Case{"UPDATE messages SET seen = true", {"scan messages"}},
        Case{"UPDATE messages SET seen = true WHERE org = 5", {"scan messages"}},
        Case{"UPDATE messages SET seen = true WHERE id = 5", {}},
        Case{"UPDATE messages m SET seen = true WHERE m.id IN (1, 2, 3)", {}},
        Case{"UPDATE messages SET seen = true WHERE id = ANY ('{1,2}')", {}},
        Case{"UPDATE messages SET seen = true WHERE id BETWEEN 1 AND 1000", {}},
        Case{"UPDATE messages SET seen = true WHERE id >= 0 AND id < 5000", {}},
        // A range that is no batch.
        Case{"UPDATE messages SET seen = true WHERE id BETWEEN 1 AND 1000000000", {"scan messages"}},
        Case{"UPDATE messages SET seen = true WHERE id > 5", {"scan messages"}},
        Case{"UPDATE messages SET seen = true WHERE id >= -9223372036854775807 AND id < 9223372036854775807",
             {"scan messages"}},
        Case{"UPDATE messages SET seen = true WHERE id = 5 OR seen IS NULL", {"scan messages"}},
        Case{"DELETE FROM messages WHERE ctid IN (SELECT ctid FROM messages WHERE seen LIMIT 5000)", {}},
        Case{"WITH batch AS (SELECT id FROM messages WHERE seen ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED) "
             "DELETE FROM messages USING batch WHERE messages.id = batch.id",
             {}},
        Case{"DELETE FROM messages USING orgs WHERE orgs.id = 5 AND messages.org = orgs.id", {"scan messages"}},
        Case{"DELETE FROM messages WHERE org IN (SELECT id FROM orgs LIMIT 5)", {"scan messages"}},
        Case{"DECLARE c CURSOR FOR SELECT * FROM messages", {"scan messages"}},
        Case{"INSERT INTO orgs VALUES (1, 'a')", {}},
        Case{"INSERT INTO orgs SELECT id, body FROM messages", {"scan messages"}},
        Case{"INSERT INTO orgs SELECT id, body FROM messages WHERE messages.id = 7", {}}));

INSTANTIATE_TEST_SUITE_P(
    Queries, WorkOfStatement,
    testing::Values(
        Case{"SELECT count(*) FROM messages", {"scan messages"}},
        Case{"SELECT setval('s', (SELECT max(id) FROM messages))", {}},
        Case{"SELECT max(at) FROM messages", {"scan messages"}}, Case{"SELECT * FROM messages LIMIT 10", {}},
        Case{"SELECT * FROM messages ORDER BY id LIMIT 10", {}},
        Case{"SELECT * FROM messages ORDER BY random() LIMIT 10", {"scan messages"}},
        Case{"SELECT count(*) FROM messages LIMIT 1", {"scan messages"}},
        Case{"SELECT * FROM recent", {"scan messages"}}, Case{"COPY messages TO '/tmp/x'", {"scan messages only"}},
        Case{"COPY (SELECT id FROM messages) TO '/tmp/x'", {"scan messages"}},
        Case{"CREATE TABLE copy AS SELECT * FROM messages", {"scan messages"}},
        Case{"CREATE TABLE copy AS SELECT * FROM messages WITH NO DATA", {}}, Case{"EXPLAIN DELETE FROM messages", {}},
        Case{"EXPLAIN ANALYZE DELETE FROM messages", {"scan messages"}},
        Case{"MERGE INTO messages m USING orgs o ON m.id = o.id WHEN MATCHED THEN DELETE",
             {"scan messages", "scan orgs"}},
        Case{"SELECT purge()", {"unknown"}}, Case{"CALL purge()", {"unknown"}}, Case{"SELECT now()", {}}));

INSTANTIATE_TEST_SUITE_P(
    Maintenance, WorkOfStatement,
    testing::Values(Case{"CREATE INDEX CONCURRENTLY i ON messages (org)", {"scan messages"}},
                    Case{"CREATE INDEX i ON ONLY parted (id)", {}},
                    Case{"CREATE INDEX i ON parted (id)", {"scan parted"}},
                    Case{"REINDEX INDEX CONCURRENTLY messages_at", {"scan messages"}},
                    Case{"REINDEX INDEX elsewhere", {"scan elsewhere"}},
                    Case{"REINDEX DATABASE CONCURRENTLY d", {"scan everything"}},
                    Case{"VACUUM FULL", {"rewrite everything"}}, Case{"VACUUM messages", {"scan messages"}},
                    Case{"ANALYZE messages", {}}, Case{"CLUSTER messages USING messages_at", {"rewrite messages"}},
                    Case{"REFRESH MATERIALIZED VIEW totals", {"rewrite totals", "scan messages"}},
                    Case{"REFRESH MATERIALIZED VIEW unseen", {"rewrite unseen", "scan unseen sources"}},
                    Case{"TRUNCATE messages", {"rewrite messages"}}, Case{"DROP TABLE messages", {}},
                    Case{"ALTER TABLE messages VALIDATE CONSTRAINT nobody_knows", {"scan messages"}},
                    Case{"ALTER TABLE messages ALTER org SET NOT NULL", {}},
                    Case{"ALTER TABLE messages ALTER seen SET NOT NULL", {"scan messages"}},
                    Case{"ALTER TABLE messages DROP CONSTRAINT messages_org, ALTER org SET NOT NULL",
                         {"scan messages"}},
                    Case{"ALTER TABLE elsewhere ALTER x TYPE text", {"rewrite elsewhere"}},
                    Case{"ALTER TABLE ONLY messages ADD CHECK (org > 0)", {"scan messages only"}},
                    Case{"ALTER TABLE messages SET TABLESPACE other", {"rewrite messages"}},
                    Case{"ALTER INDEX messages_at SET TABLESPACE other", {"rewrite messages_at"}},
                    Case{"ALTER TABLE messages ADD FOREIGN KEY (org) REFERENCES orgs", {"scan messages", "scan orgs"}},
                    Case{"ALTER TABLE messages ADD FOREIGN KEY (org) REFERENCES orgs NOT VALID", {}}));

INSTANTIATE_TEST_SUITE_P(
    Blocks, WorkOfStatement,
    testing::Values(
        Case{"DO $$ BEGIN UPDATE messages SET seen = true; END $$", {"scan messages"}},
        Case{"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'c') THEN ALTER TABLE messages ADD "
             "COLUMN x int; END IF; END $$",
             {}},
        Case{
            "DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM messages LOOP UPDATE orgs SET title = 'x' WHERE id = "
            "5; END LOOP; END $$",
            {"scan messages"}},
        Case{"DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'x'); END $$", {"unknown"}},
        Case{"DO $$ DECLARE t text := 'x'; BEGIN EXECUTE t; END $$", {"unknown"}},
        Case{"DO $$ BEGIN PERFORM purge(); END $$", {"unknown"}}, Case{"DO $$ BEGIN PERFORM pg_sleep(1); END $$", {}},
        Case{"DO $$ DECLARE n int; BEGIN DELETE FROM messages WHERE id = 1 RETURNING id INTO n; END $$", {"unknown"}}));

TEST(TableWork, AConstraintThatNobodySawProvesNothing) {
  EXPECT_THAT(work_of("ALTER TABLE elsewhere ALTER x SET NOT NULL",
                      "ALTER TABLE elsewhere VALIDATE CONSTRAINT elsewhere_x_not_null;"),
              ElementsAre("scan elsewhere"));
}

TEST(TableWork, OfATypeChangeReachesTheOtherSideOfForeignKeys) {
  EXPECT_THAT(work_of("ALTER TABLE orgs ALTER id TYPE numeric",
                      "ALTER TABLE messages ADD CONSTRAINT fk FOREIGN KEY (org) REFERENCES orgs (id);"),
              UnorderedElementsAre("rewrite orgs", "scan messages"));
}

}  // namespace
}  // namespace support::alembic::safety
