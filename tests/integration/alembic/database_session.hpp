#pragma once

#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/alembic/autogenerate/compare.hpp"
#include "app/alembic/autogenerate/inspect.hpp"
#include "app/alembic/env.hpp"
#include "app/alembic/runtime/pqxx_connection.hpp"

#include "tests/support/test_cluster.hpp"

namespace support::tests {

// A connection of the migration engine to a test database.
inline alembic::ConnectionTarget connection_target(const std::string& url) {
  const auto settings = config::Settings::load({.environment = {{"DATABASE_URL", url}}});
  return *alembic::make_environment(settings, alembic::Mode::online).target;
}

class DatabaseSession {
 public:
  explicit DatabaseSession(const TestDatabase& database) : DatabaseSession(database.url_text()) {}
  explicit DatabaseSession(const std::string& url) : connection_(alembic::connect_pqxx(connection_target(url))) {}

  alembic::Connection& operator*() { return *connection_; }
  alembic::Connection* operator->() { return connection_.get(); }

 private:
  std::unique_ptr<alembic::Connection> connection_;
};

inline std::vector<std::string> descriptions(const std::vector<alembic::autogenerate::Difference>& differences) {
  std::vector<std::string> lines;
  for (const auto& difference : differences) lines.push_back(description(difference));
  return lines;
}

inline std::string file_content(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("There is no file " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// SQL that makes an object of every kind that the inspector reads.
inline std::string every_kind() {
  return file_content(SUPPORT_SOURCE_DIR "/tests/data/autogenerate/every_kind.sql");
}

}  // namespace support::tests
