#pragma once

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

  void commit() {
    is_open_ = false;
    connection_.execute("COMMIT");
  }

 private:
  Connection& connection_;
  bool is_open_ = true;
};

}  // namespace support::alembic
