#include "app/alembic/safety/history/canonical.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>

#include <fmt/format.h>

#include "app/alembic/operations/operations.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/safety/syntax/canonical.hpp"
#include "app/alembic/script/sha256.hpp"
#include "app/alembic/script/sql_split.hpp"

namespace support::alembic::safety {

namespace {

// Enough to read what was run; the rest of it is in the checksum.
constexpr std::size_t longest_kept_statement = 8192;

// Collects what a migration asks for as statements.
class StatementSink : public OperationSink {
 public:
  void invoke(const Operation& operation, const SourceLine&) override {
    if (const auto* rows = std::get_if<CopyData>(&operation)) {
      add(canonical_sql(rows->statement) + '\n' + rows->rows);
    } else if (const auto* sql = std::get_if<Execute>(&operation)) {
      add_all(sql->sql);
    } else {
      for (const auto& statement : to_sql(operation, features_)) add_all(statement);
    }
  }
  const schema::ServerFeatures& server() const override { return features_; }
  void autocommit_block(const std::function<void()>& body) override { body(); }
  Bind& bind() override { throw std::logic_error("nobody answers"); }
  const RunContext& context() const override { return context_; }

  std::vector<std::string> take() { return std::move(statements_); }

 private:
  void add_all(const std::string& sql) {
    for (const auto& statement : split_sql(sql)) {
      auto text = canonical_sql(statement.text);
      if (statement.copy_data) text += '\n' + std::string(*statement.copy_data);
      add(std::move(text));
    }
  }

  void add(std::string statement) {
    if (statement.size() > longest_kept_statement) {
      statement = fmt::format("{} [{} bytes, SHA-256 {}]", shortened(statement), statement.size(), sha256(statement));
    }
    statements_.push_back(std::move(statement));
  }

  RunContext context_{.mode = Mode::offline};
  schema::ServerFeatures features_;
  std::vector<std::string> statements_;
};

std::vector<std::string> statements_of(const Body& body, const schema::NamingConvention* naming_convention) {
  StatementSink sink;
  Operations op(sink, naming_convention);
  if (body) body(op);
  return sink.take();
}

void compare(std::string_view direction, const std::vector<std::string>& recorded,
             const std::vector<std::string>& present, std::vector<std::string>& sentences) {
  const auto common = std::min(recorded.size(), present.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (recorded[i] == present[i]) continue;
    sentences.push_back(fmt::format("statement {} of {} differs: it was `{}`, and is `{}`", i + 1, direction,
                                    shortened(recorded[i]), shortened(present[i])));
  }
  for (auto i = common; i < recorded.size(); ++i) {
    sentences.push_back(
        fmt::format("statement {} of {} is gone: it was `{}`", i + 1, direction, shortened(recorded[i])));
  }
  for (auto i = common; i < present.size(); ++i) {
    sentences.push_back(fmt::format("statement {} of {} is new: `{}`", i + 1, direction, shortened(present[i])));
  }
}

}  // namespace

std::optional<CanonicalOperations> canonical_operations(const alembic::Script& script,
                                                        const schema::NamingConvention* naming_convention) {
  try {
    return CanonicalOperations{.upgrade = statements_of(script.upgrade, naming_convention),
                               .downgrade = statements_of(script.downgrade, naming_convention)};
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::string checksum(const CanonicalOperations& operations) {
  std::string text;
  const auto add = [&text](char direction, const std::vector<std::string>& statements) {
    for (const auto& statement : statements) text += fmt::format("{}{}:{}\n", direction, statement.size(), statement);
  };
  add('u', operations.upgrade);
  add('d', operations.downgrade);
  return sha256(text);
}

std::vector<std::string> differences(const CanonicalOperations& recorded, const CanonicalOperations& present) {
  std::vector<std::string> sentences;
  compare("upgrade", recorded.upgrade, present.upgrade, sentences);
  compare("downgrade", recorded.downgrade, present.downgrade, sentences);
  return sentences;
}

}  // namespace support::alembic::safety
