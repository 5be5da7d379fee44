#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "app/alembic/script/revision.hpp"

#include "tests/conformance/python_oracle.hpp"

namespace support::tests {

// A project of Python's Alembic in a folder of its own. Gone with the object.
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
  using Answer = PythonOracle::Answer;

  // On the database of this URL; the scripts load in the order in which they stand here.
  PythonAlembic(std::string url, const std::vector<Step>& steps);
  // With the scripts of a folder.
  PythonAlembic(std::string url, const std::filesystem::path& versions);
  ~PythonAlembic();
  PythonAlembic(const PythonAlembic&) = delete;
  PythonAlembic& operator=(const PythonAlembic&) = delete;

  Answer run(const Command& command) const { return run(command, url_); }
  // On another database than its own.
  Answer run(const Command& command, const std::string& url) const;

 private:
  explicit PythonAlembic(std::string url);

  std::string url_;
  std::filesystem::path folder_;
};

}  // namespace support::tests
