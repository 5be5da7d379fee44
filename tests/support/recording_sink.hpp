#pragma once

#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/alembic/operations/operations.hpp"
#include "app/alembic/operations/sql.hpp"

namespace support::tests {

// Keeps the operations that a migration asks for.
class RecordingSink : public alembic::OperationSink {
 public:
  explicit RecordingSink(schema::ServerFeatures server = {}) : server_(server) {}

  void invoke(const alembic::Operation& operation, const alembic::SourceLine&) override {
    operations_.push_back(operation);
  }
  const schema::ServerFeatures& server() const override { return server_; }
  void autocommit_block(const std::function<void()>& body) override { body(); }
  alembic::Bind& bind() override { throw std::logic_error("there is no database here"); }
  const alembic::RunContext& context() const override { return context_; }

  const std::vector<alembic::Operation>& operations() const { return operations_; }
  std::vector<std::string> statements() const {
    std::vector<std::string> result;
    for (const alembic::Operation& operation : operations_) {
      std::vector<std::string> sql = alembic::to_sql(operation, server_);
      result.insert(result.end(), std::make_move_iterator(sql.begin()), std::make_move_iterator(sql.end()));
    }
    return result;
  }

 private:
  schema::ServerFeatures server_;
  alembic::RunContext context_;
  std::vector<alembic::Operation> operations_;
};

// The statements that the calls print, for a server that has everything unless told otherwise.
template <class Calls>
std::vector<std::string> sql_of(const Calls& calls, schema::ServerFeatures server = {}) {
  RecordingSink sink(server);
  alembic::Operations op(sink);
  calls(op);
  return sink.statements();
}

// The same under a naming convention.
template <class Calls>
std::vector<std::string> sql_of(const Calls& calls, const schema::NamingConvention& convention) {
  RecordingSink sink;
  alembic::Operations op(sink, &convention);
  calls(op);
  return sink.statements();
}

}  // namespace support::tests
