#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "app/database/database_metrics.hpp"
#include "app/database/deadline.hpp"
#include "app/database/error.hpp"
#include "app/database/params.hpp"

namespace support::database {

// Notes every statement of a session once it is over: counted always, logged when it is slow or when everything is.
class StatementLog {
 public:
  struct Statement {
    std::string_view sql;
    const Params* params = nullptr;  // null: none
    Deadline::Clock::time_point started;
    Caller caller;
    int backend_pid = 0;
  };

  // `metrics` may be null. `slow` of 0: no statement is.
  StatementLog(std::shared_ptr<DatabaseMetrics> metrics, std::chrono::milliseconds slow, bool echo)
      : metrics_(std::move(metrics)), slow_(slow), echo_(echo) {}

  // `error` as Result::error() gives it: empty for success.
  void ended(const Statement& statement, const Error& error) const;

 private:
  std::shared_ptr<DatabaseMetrics> metrics_;
  std::chrono::milliseconds slow_;
  bool echo_;
};

// "$1 int4, $2 text": what was sent with a statement without what it said.
std::string describe_types(const Params& params);

}  // namespace support::database
