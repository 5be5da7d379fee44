#include "app/alembic/safety/signoff/pending_statements.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "app/alembic/operations/operations.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/alembic/script/sql_split.hpp"

namespace support::alembic::safety {

namespace {

class StatementSink : public OperationSink {
 public:
  StatementSink(const alembic::Script& script, const Rendering& rendering) : script_(script), rendering_(rendering) {}

  void invoke(const Operation& operation, const SourceLine& at) override {
    if (const auto* rows = std::get_if<CopyData>(&operation)) return add(rows->statement, at.line);
    if (const auto* sql = std::get_if<Execute>(&operation)) return add_all(sql->sql, at.line);
    for (const auto& sql : to_sql(operation, rendering_.features)) add(sql, at.line);
  }
  const schema::ServerFeatures& server() const override { return rendering_.features; }
  void autocommit_block(const std::function<void()>& body) override { body(); }
  Bind& bind() override {
    result_.is_complete = false;
    throw std::logic_error("nobody answers");
  }
  const RunContext& context() const override { return rendering_.context; }

  PendingScript run(const Body& body) {
    try {
      Operations op(*this, rendering_.naming_convention);
      if (body) body(op);
    } catch (const std::exception&) {
      result_.is_complete = false;  // the run itself says what is wrong
    }
    return std::move(result_);
  }

 private:
  void add(const std::string& sql, unsigned line) {
    result_.statements.push_back(pending_statement(script_.declared.revision, script_.path, line, sql));
  }
  void add_all(const std::string& sql, unsigned line) {
    for (const auto& statement : split_sql(sql, std::max(line, 1U))) add(std::string(statement.text), statement.line);
  }

  const alembic::Script& script_;
  const Rendering& rendering_;
  PendingScript result_;
};

}  // namespace

std::string PendingStatement::place() const {
  return line == 0 ? path : fmt::format("{}:{}", path, line);
}

PendingScript pending_script(const alembic::Script& script, Direction direction, const Rendering& rendering) {
  return StatementSink(script, rendering).run(direction == Direction::upgrade ? script.upgrade : script.downgrade);
}

PendingStatement pending_statement(std::string revision, std::string path, unsigned line, std::string sql) {
  PendingStatement statement{
      .revision = std::move(revision), .path = std::move(path), .line = line, .sql = std::move(sql)};
  try {
    statement.tree = ParseTree::parse(statement.sql, scan(statement.sql));
  } catch (const SyntaxError&) {
    statement.tree = std::nullopt;
  }
  return statement;
}

}  // namespace support::alembic::safety
