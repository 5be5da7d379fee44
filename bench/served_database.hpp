#pragma once

#include <string>

#include "tests/support/agent_process.hpp"
#include "tests/support/test_cluster.hpp"

namespace support::bench {

// A database at head of the migrations: 10,000 customers; 2,000 conversations, the first 1,000 with 50 messages each.
class ServedDatabase {
 public:
  static constexpr int customers = 10'000;
  static constexpr int full_conversations = 1'000;  // from 1 on; the other thousand is for writing to

  ServedDatabase();

  // Over TCP, as every contestant connects.
  std::string url() const;
  // Of `serve` with one thread for requests and ten connections, as the contestants have; logs nothing of a request.
  tests::Environment environment() const;

 private:
  tests::TestDatabase database_;
};

}  // namespace support::bench
