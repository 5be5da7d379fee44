#pragma once

#include <sys/types.h>

#include <cstdio>
#include <string>

#include <boost/json.hpp>

namespace support::tests {

// Debian's Alembic in one Python process, which answers requests of any folder and database (alembic_oracle.py).
class PythonOracle {
 public:
  struct Answer {
    std::string output;
    std::string error;   // the sentence of a CommandError
    std::string defect;  // the traceback when Alembic dies of anything else
  };

  // Whether Debian's Alembic, SQLAlchemy and psycopg2 are installed.
  static bool is_installed();
  // The process, started on first use.
  static PythonOracle& instance();

  ~PythonOracle();
  PythonOracle(const PythonOracle&) = delete;
  PythonOracle& operator=(const PythonOracle&) = delete;

  // Throws std::runtime_error when Python has gone.
  Answer ask(const boost::json::object& request);

 private:
  PythonOracle();

  std::FILE* requests_ = nullptr;
  std::FILE* answers_ = nullptr;
  pid_t pid_ = -1;
};

}  // namespace support::tests
