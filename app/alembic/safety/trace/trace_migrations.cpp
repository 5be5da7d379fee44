#include "app/alembic/safety/trace/trace_migrations.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/operations/operations.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/alembic/runtime/messages.hpp"
#include "app/alembic/runtime/server_features.hpp"
#include "app/alembic/script/sql_split.hpp"
#include "app/alembic/script/statement_words.hpp"

namespace support::alembic::safety {
namespace {

// What the engine does with the operations of one revision, on the tracer.
class TraceSink : public OperationSink {
 public:
  TraceSink(Tracer& tracer, const alembic::Script& script, const RunContext& context,
            const schema::ServerFeatures& features)
      : tracer_(tracer),
        script_(script),
        context_(context),
        features_(features),
        bind_(*this),
        is_engines_transaction_(tracer.is_in_transaction()) {}

  void invoke(const Operation& operation, const SourceLine& at) override {
    at_ = at;
    if (const auto* execute_sql = std::get_if<Execute>(&operation)) return run_sql(execute_sql->sql, at);
    if (const auto* rows = std::get_if<CopyData>(&operation)) {
      return tracer_.copy(rows->statement, rows->rows, source(at, 1));
    }
    const auto run = [&] {
      for (const auto& statement : to_sql(operation, features_)) tracer_.run(statement, source(at, 1));
    };
    if (needs_autocommit(operation)) return autocommit_block(run);
    run();
  }
  const schema::ServerFeatures& server() const override { return features_; }
  void autocommit_block(const std::function<void()>& body) override {
    if (!tracer_.is_in_transaction()) return body();
    tracer_.commit();
    is_engines_transaction_ = false;
    body();
    end_of_body();
    tracer_.begin();
    is_engines_transaction_ = true;
  }
  // What a script begins itself it has to end.
  void end_of_body() const {
    if (is_engines_transaction_ || !tracer_.is_in_transaction()) return;
    throw std::runtime_error("it begins a transaction of its own and does not end it; add COMMIT");
  }
  Bind& bind() override { return bind_; }
  const RunContext& context() const override { return context_; }

 private:
  // The database as a migration gets it.
  class TraceBind : public Bind {
   public:
    explicit TraceBind(TraceSink& sink) : sink_(sink) {}
    std::vector<Row> query(const std::string& sql) override {
      return sink_.tracer_.query(sql, sink_.source(sink_.at_, 1));
    }
    // The tracer does not count rows: on a copy without any there are none.
    std::size_t execute(const std::string& sql) override {
      sink_.tracer_.run(sql, sink_.source(sink_.at_, 1));
      return 0;
    }

   private:
    TraceSink& sink_;
  };

  void run_sql(const std::string& sql, const SourceLine& at) {
    for (const auto& statement : split_sql(sql)) {
      const auto where = source(at, statement.line);
      if (is_engines_transaction_) refuse_transaction_control(std::string(statement.text));
      if (statement.copy_data) {
        tracer_.copy(std::string(statement.text), *statement.copy_data, where);
      } else {
        const auto run = [&] { tracer_.run(std::string(statement.text), where); };
        if (is_engines_transaction_ && runs_outside_transactions(statement.text)) {
          autocommit_block(run);
        } else {
          run();
        }
      }
    }
  }

  // The compiler knows a file by the path of the build; of C++ it is the line of the operation that counts.
  StatementSource source(const SourceLine& at, unsigned line) const {
    const bool is_sql = script_.path.ends_with(".sql");
    return {.revision = script_.declared.revision,
            .file = script_.path,
            .line = at.line == 0 ? 0
                    : is_sql     ? at.line + std::max(line, 1U) - 1
                                 : at.line};
  }

  Tracer& tracer_;
  const alembic::Script& script_;
  const RunContext& context_;
  const schema::ServerFeatures& features_;
  TraceBind bind_;
  bool is_engines_transaction_;  // and no script's own
  SourceLine at_;
};

bool same_word(std::string_view text, std::string_view word) {
  return std::ranges::equal(text, word, [](char one, char other) {
    return std::tolower(static_cast<unsigned char>(one)) == std::tolower(static_cast<unsigned char>(other));
  });
}

// `-- transactional: false` above the first statement.
bool says_non_transactional(std::string_view text, unsigned first_statement) {
  constexpr std::string_view key = "transactional:";
  for (const auto& comment : sql_line_comments(text)) {
    if (comment.line >= first_statement) return false;
    auto said = comment.text.substr(2);
    const auto trim = [&said] { said.remove_prefix(std::min(said.find_first_not_of(" \t"), said.size())); };
    trim();
    if (!same_word(said.substr(0, key.size()), key)) continue;
    said.remove_prefix(key.size());
    trim();
    return same_word(said.substr(0, 5), "false");
  }
  return false;
}

}  // namespace

void trace_revisions(Tracer& tracer, const ScriptDirectory& scripts, const std::vector<MigrationStep>& steps,
                     const Environment& environment) {
  const auto features = server_features(tracer.connection());
  tracer.on_refusal(Tracer::Refusal::fails);
  for (const auto& step : steps) {
    const auto& script = scripts.script(step.node);
    const bool is_transactional = environment.transaction_mode != TransactionMode::none && script.transactional;
    if (is_transactional && !tracer.is_in_transaction()) tracer.begin();
    if (!is_transactional && tracer.is_in_transaction()) tracer.commit();
    TraceSink sink(tracer, script, environment.run, features);
    try {
      run_body(scripts, step, make_operations(sink, environment));
      sink.end_of_body();
    } catch (const CommandError&) {
      throw;
    } catch (const std::exception& error) {
      throw CommandError(fmt::format("{}: revision {} can't be run on the scratch copy of the schema: {}", script.path,
                                     script.declared.revision, error.what()),
                         ExitCode::rolled_back);
    }
    if (tracer.is_in_transaction() && environment.transaction_mode == TransactionMode::per_migration) tracer.commit();
  }
  if (tracer.is_in_transaction()) tracer.commit();
}

void trace_file(Tracer& tracer, const std::string& text, const std::string& file) {
  try {
    const auto statements = split_sql(text);
    if (statements.empty()) return;
    tracer.on_refusal(Tracer::Refusal::leaves_transaction);
    if (!says_non_transactional(text, statements.front().line)) tracer.begin();
    for (const auto& statement : statements) {
      const StatementSource source{.revision = "", .file = file, .line = statement.line};
      if (statement.copy_data) {
        tracer.copy(std::string(statement.text), *statement.copy_data, source);
      } else {
        tracer.run(std::string(statement.text), source);
      }
    }
    if (tracer.is_in_transaction()) tracer.commit();
  } catch (const SqlSyntaxError& error) {
    throw CommandError(fmt::format("{}:{}: {}", file, error.line(), error.what()));
  }
}

}  // namespace support::alembic::safety
