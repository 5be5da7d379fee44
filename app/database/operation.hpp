#pragma once

#include <cassert>

#include "app/database/connection.hpp"

namespace support::database {

// One operation at a time: two coroutines on one connection would read each other's answers.
class Connection::Operation {
 public:
  explicit Operation(Connection& connection) : connection_(connection) {
    assert(!connection_.busy_);
    connection_.busy_ = true;
  }
  ~Operation() {
    connection_.busy_ = false;
    connection_.last_used_ = Deadline::Clock::now();
  }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

 private:
  Connection& connection_;
};

}  // namespace support::database
