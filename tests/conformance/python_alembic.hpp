#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "app/alembic/script/revision.hpp"

#include "tests/support/test_cluster.hpp"

namespace support::tests {

// A project of Python's Alembic in a folder of its own, on a database of the test cluster. Gone with the object.
class PythonAlembic {
 public:
  struct Step {
    alembic::Revision declared;
    std::string message;
    std::vector<std::string> upgrade = {};
    std::vector<std::string> downgrade = {};
  };
  struct Command {
    std::string name;
    boost::json::object arguments = {};
  };
  struct Answer {
    std::string output;
    std::string error;
  };

  // Whether Debian's Alembic, SQLAlchemy and psycopg2 are installed.
  static bool is_installed();

  // The scripts load in the order in which they stand here.
  PythonAlembic(const TestDatabase& database, const std::vector<Step>& steps);
  ~PythonAlembic();
  PythonAlembic(const PythonAlembic&) = delete;
  PythonAlembic& operator=(const PythonAlembic&) = delete;

  // Throws std::runtime_error when Python dies of an exception.
  std::vector<Answer> run(const std::vector<Command>& commands) const;
  Answer run(const Command& command) const { return run(std::vector{command}).front(); }

 private:
  std::string url_;
  std::filesystem::path folder_;
};

}  // namespace support::tests
