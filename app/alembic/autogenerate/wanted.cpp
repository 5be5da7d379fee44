#include "app/alembic/autogenerate/wanted.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "app/alembic/autogenerate/empty_house.hpp"
#include "app/alembic/autogenerate/unchanged_tables.hpp"
#include "app/alembic/errors.hpp"
#include "app/alembic/runtime/server_features.hpp"
#include "app/alembic/script/sql_split.hpp"
#include "app/alembic/script/statement_words.hpp"
#include "app/schema/ddl.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr std::string_view duplicate_schema = "42P06";
constexpr std::string_view duplicate_object = "42710";
constexpr std::string_view active_transaction = "25001";

// What goes to the server at once; a round trip for each statement would be most of the time.
constexpr std::size_t batch_bytes = 64 * 1024;

enum class Treatment { run, pass_over, refuse };

// The transaction is ours; what is dropped is not there; and what reaches beyond the new objects would lock live ones.
Treatment treatment(const std::vector<Word>& words) {
  const auto begins = [&](std::initializer_list<std::string_view> key_words) { return begins_with(words, key_words); };
  if (begins({"COMMIT", "PREPARED"}) || begins({"ROLLBACK", "PREPARED"}) || begins({"PREPARE", "TRANSACTION"})) {
    return Treatment::refuse;
  }
  if (begins({"BEGIN"}) || begins({"START", "TRANSACTION"}) || begins({"COMMIT"}) || begins({"END"})) {
    return Treatment::pass_over;
  }
  if (begins({"DROP", "SCHEMA"}) || begins({"DROP", "EXTENSION"})) return Treatment::pass_over;
  if (begins({"ROLLBACK"}) || begins({"ABORT"}) || begins({"DROP", "OWNED"}) || begins({"REASSIGN", "OWNED"})) {
    return Treatment::refuse;
  }
  return Treatment::run;
}

std::string dollar_quoted(std::string_view text) {
  std::string tag;
  for (int number = 0; tag.empty() || text.find(tag) != std::string_view::npos; ++number) {
    tag = fmt::format("$support_agent_{}$", number);
  }
  return fmt::format("{0}{1}{0}", tag, text);
}

// Runs the statements, many at a time as the body of a DO block, in which the server itself refuses to end the
// transaction.
class Builder {
 public:
  Builder(Connection& connection, EmptyHouse& house, std::string source)
      : connection_(connection), house_(house), source_(std::move(source)) {}

  void run(const WantedStatement& statement) {
    const auto words = leading_words(statement.sql, 2);
    switch (treatment(words)) {
      case Treatment::pass_over:
        return;
      case Treatment::refuse:
        throw CommandError(
            fmt::format("{}: {} can't be part of a wanted schema, which is built in one transaction; "
                        "leave it out.",
                        place(statement), shortened(statement.sql)));
      case Treatment::run:
        break;
    }
    if (begins_with(words, {"CREATE", "SCHEMA"}) || begins_with(words, {"CREATE", "EXTENSION"})) {
      finish();
      create_in_place(statement);
      return;
    }
    if (batch_size_ + statement.sql.size() > batch_bytes) finish();
    batch_.push_back(statement);
    batch_size_ += statement.sql.size();
  }

  // What is still to be sent.
  void finish() {
    if (batch_.empty()) return;
    const auto batch = std::exchange(batch_, {});
    batch_size_ = 0;
    std::string block = "BEGIN\n";
    for (const auto& statement : batch)
      block += "EXECUTE " + dollar_quoted(without_concurrently(statement.sql)) + ";\n";
    block += "END";
    connection_.execute("SAVEPOINT support_agent_batch");
    try {
      connection_.execute("DO " + dollar_quoted(block));
    } catch (const DatabaseError&) {
      // Once more, one by one, to know which it is.
      connection_.execute("ROLLBACK TO support_agent_batch");
      for (const auto& statement : batch) execute(statement);
    }
    connection_.execute("RELEASE support_agent_batch");
  }

  const std::set<std::string>& extensions() const { return extensions_; }

 private:
  std::string place(const WantedStatement& statement) const {
    return statement.line == 0 ? source_ : fmt::format("{}, line {}", source_, statement.line);
  }
  // Where the server points, or the beginning of the statement.
  std::string place(const WantedStatement& statement, const ServerReport& report) const {
    if (statement.line == 0 || report.line == 0) return place(statement);
    const auto line = statement.line + report.line - 1;
    if (report.column == 0) return fmt::format("{}, line {}", source_, line);
    const auto column = report.column + (report.line == 1 ? statement.column - 1 : 0);
    return fmt::format("{}, line {}, column {}", source_, line, column);
  }

  void execute(const WantedStatement& statement) {
    try {
      connection_.execute(without_concurrently(statement.sql));
    } catch (const DatabaseError& error) {
      fail(statement, error);
    }
  }

  [[noreturn]] void fail(const WantedStatement& statement, const DatabaseError& error) const {
    if (error.sqlstate() == active_transaction) {
      throw CommandError(
          fmt::format("{}: {} can't run in a transaction, so it can't be part of a wanted schema; leave it "
                      "out.",
                      place(statement), shortened(statement.sql)));
    }
    throw CommandError(fmt::format("{}: {}", place(statement, error.report()), error.explanation()));
  }

  // Schemas and extensions may be there already.
  void create_in_place(const WantedStatement& statement) {
    const auto extension = created_extension(statement.sql);
    if (extension) extensions_.insert(*extension);
    connection_.execute("SAVEPOINT support_agent_create");
    try {
      connection_.execute(std::string(statement.sql));
    } catch (const DatabaseError& error) {
      if (error.sqlstate() != (extension ? duplicate_object : duplicate_schema)) fail(statement, error);
      connection_.execute("ROLLBACK TO support_agent_create");
    }
    connection_.execute("RELEASE support_agent_create");
    if (!extension) house_.settle_extensions();
  }

  Connection& connection_;
  EmptyHouse& house_;
  std::string source_;
  std::vector<WantedStatement> batch_;
  std::size_t batch_size_ = 0;
  std::set<std::string> extensions_;
};

InspectOptions resolved(const EmptyHouse& house, InspectOptions options) {
  if (options.version_table_schema.empty()) options.version_table_schema = house.default_schema();
  return options;
}

// One text may hold several statements; each is looked at by itself.
std::vector<WantedStatement> single_statements(const std::vector<WantedStatement>& statements) {
  std::vector<WantedStatement> parts;
  for (const auto& statement : statements) {
    for (const auto& part : split_sql(statement.sql)) {
      if (part.copy_data) continue;
      const auto line = statement.line == 0 ? 0 : statement.line + part.line - 1;
      parts.emplace_back(part.text, line,
                         column_of(statement.sql, static_cast<std::size_t>(part.text.data() - statement.sql.data())));
    }
  }
  return parts;
}

CatalogSnapshot built(Connection& connection, const std::vector<WantedStatement>& parts, const WantedOptions& options) {
  EmptyHouse house(connection, options.inspect);
  Builder builder(connection, house, options.source);
  for (const auto& part : parts) builder.run(part);
  builder.finish();
  begin_reading(connection);
  house.require_independence();
  auto snapshot = CatalogReader(connection, resolved(house, options.inspect), house.aliases()).read();
  std::erase_if(snapshot.extensions,
                [&](const Extension& extension) { return !builder.extensions().contains(extension.name); });
  return snapshot;
}

// Builds only what may be other than what is there. Absent where nothing is certain to be the same, and where the rest
// can't stand by itself: then the whole tells what is wrong, if anything is.
std::optional<CatalogSnapshot> built_beside(Connection& connection, const std::vector<WantedStatement>& parts,
                                            const CatalogSnapshot& live, const WantedOptions& options) {
  std::vector<std::string_view> texts;
  for (const auto& part : parts) texts.push_back(part.sql);
  const auto unchanged = UnchangedTables::find(connection, texts, live, options.inspect);
  if (unchanged.empty()) return std::nullopt;
  std::vector<WantedStatement> rest;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!unchanged.is_made_by(i)) rest.push_back(parts[i]);
  }
  try {
    return unchanged.added_to(built(connection, rest, options), live);
  } catch (const CommandError& error) {
    if (error.exit_code() == ExitCode::refused) throw;  // the server is busy, and would be again
    return std::nullopt;
  }
}

// Newer pg_dumps write these for psql alone. Blanks in their place keep the lines' numbers.
std::string without_restrict(std::string_view script) {
  std::string text(script);
  for (std::size_t line = 0; line < text.size(); line = text.find('\n', line) + 1) {
    const auto end = std::min(text.find('\n', line), text.size());
    const auto content = std::string_view(text).substr(line, end - line);
    if (content.starts_with("\\restrict ") || content.starts_with("\\unrestrict "))
      text.replace(line, end - line, end - line, ' ');
    if (end == text.size()) break;
  }
  return text;
}

}  // namespace

CatalogSnapshot wanted_from_sql(Connection& connection, const std::vector<WantedStatement>& statements,
                                const WantedOptions& options) {
  const auto parts = single_statements(statements);
  if (options.live != nullptr) {
    if (auto snapshot = built_beside(connection, parts, *options.live, options)) return std::move(*snapshot);
  }
  return built(connection, parts, options);
}

CatalogSnapshot wanted_from_sql(Connection& connection, std::string_view script, const WantedOptions& options) {
  const auto text = without_restrict(script);
  return wanted_from_sql(connection, std::vector<WantedStatement>{{text, 1}}, options);
}

std::vector<std::string> wanted_statements(const schema::MetaData& metadata, const schema::ServerFeatures& server) {
  std::set<std::string> schemas;
  for (const auto& table : metadata.tables) {
    if (!table.schema.empty()) schemas.insert(table.schema);
  }
  std::vector<std::string> sql;
  for (const auto& name : schemas) sql.push_back("CREATE SCHEMA IF NOT EXISTS " + schema::quote_identifier(name));
  std::ranges::move(schema::create_all_sql(metadata, server), std::back_inserter(sql));
  return sql;
}

CatalogSnapshot wanted_from_metadata(Connection& connection, const schema::MetaData& metadata,
                                     const WantedOptions& options) {
  const auto sql = wanted_statements(metadata, server_features(connection));
  return wanted_from_sql(connection, std::vector<WantedStatement>(sql.begin(), sql.end()), options);
}

}  // namespace support::alembic::autogenerate
