#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/agent_process.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_cluster.hpp"

namespace support::tests {

// `support-agent migrate …` as a process, in a folder and on a database of its own.
class MigrateTest : public testing::Test {
 protected:
  AgentResult migrate(std::vector<std::string> arguments, Environment more = {}) const {
    arguments.insert(arguments.begin(), "migrate");
    more.emplace("DATABASE_URL", database_.url_text());
    return run_agent(std::move(arguments), std::move(more), folder_.path());
  }

  // The same on the migrations in ./mig.
  AgentResult on_folder(std::vector<std::string> arguments, Environment more = {}) const {
    arguments.insert(arguments.begin(), {"--script-location", "mig"});
    return migrate(std::move(arguments), std::move(more));
  }

  // A file of ./mig with a header and bodies.
  std::string write(const std::string& revision, const std::string& parents, const std::string& upgrade,
                    const std::string& downgrade, const std::string& more_header = "") const {
    return folder_.write("mig/" + revision + "_.sql", "-- Message of " + revision + "\n--\n-- revision: " + revision +
                                                          "\n-- down_revision: " + parents + "\n" + more_header +
                                                          "\n-- migrate:upgrade\n" + upgrade +
                                                          "\n-- migrate:downgrade\n" + downgrade);
  }

  // Tables and indexes of the database, and the version table's rows.
  std::vector<std::string> relations() const {
    std::vector<std::string> names;
    for (const auto& row : database_.sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND "
                                         "relname NOT LIKE 'alembic_version%' ORDER BY 1")) {
      names.push_back(row.at(0));
    }
    return names;
  }
  std::vector<std::string> rows() const {
    std::vector<std::string> rows;
    if (database_.sql("SELECT to_regclass('alembic_version')").front().front().empty()) return rows;
    for (const auto& row : database_.sql("SELECT version_num FROM alembic_version ORDER BY 1"))
      rows.push_back(row.at(0));
    return rows;
  }

  TestDatabase database_;
  TemporaryFolder folder_;
};

}  // namespace support::tests
