#pragma once

#include <string>
#include <vector>

#include "app/alembic/runtime/connection.hpp"

namespace support::alembic {

// BEGIN … COMMIT; leaving the scope without commit() rolls back.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) { connection_.execute("BEGIN"); }
  ~Transaction() {
    if (!is_open_) return;
    try {
      connection_.execute("ROLLBACK");
    } catch (const std::exception&) {
      // The session is gone, and its transaction with it.
    }
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // `last` goes to the server in one message with the COMMIT.
  void commit(std::vector<std::string> last = {}) {
    last.emplace_back("COMMIT");
    try {
      connection_.execute_all(last);
      is_open_ = false;
    } catch (const DatabaseError& error) {
      // A refused COMMIT has ended the transaction all the same.
      is_open_ = error.report().statement + 1 < last.size();
      throw;
    } catch (const ConnectionLost&) {
      is_open_ = false;
      throw;
    }
  }

 private:
  Connection& connection_;
  bool is_open_ = true;
};

}  // namespace support::alembic
