#include "app/database/error.hpp"

#include <array>

#include <fmt/format.h>

namespace support::database {
namespace {

struct ConditionText {
  Condition condition;
  const char* text;
};
constexpr std::array condition_texts{
    ConditionText{Condition::pool_timeout, "no database connection became free in time"},
    ConditionText{Condition::pool_closed, "the connection pool is closed"},
    ConditionText{Condition::connect_failed, "the database can't be reached"},
    ConditionText{Condition::connection_lost, "the database connection broke"},
    ConditionText{Condition::connection_unusable, "the database connection is being recovered"},
    ConditionText{Condition::deadline_exceeded, "the statement's deadline passed"},
    ConditionText{Condition::in_doubt, "the outcome of the transaction is unknown"},
    ConditionText{Condition::rolled_back, "the transaction was rolled back"},
    ConditionText{Condition::bad_parameter, "a statement parameter can't be sent"},
    ConditionText{Condition::bad_conversion, "a value does not fit the type it is read into"},
    ConditionText{Condition::pool_full, "too many requests wait for a database connection"},
    ConditionText{Condition::unexpected_rows, "the result has another shape than expected"},
};

// Boost's base class has a public destructor that is not virtual; categories live for ever and are never deleted.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class EngineCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "support.database"; }
  std::string message(int value) const override {
    for (const auto& [condition, text] : condition_texts) {
      if (static_cast<int>(condition) == value) return text;
    }
    return fmt::format("unknown condition {}", value);
  }
};

class SqlstateCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "postgresql"; }
  std::string message(int value) const override { return "SQLSTATE " + to_string(Sqlstate{value}); }
};

#pragma GCC diagnostic pop

// Classes whose messages name objects, not values. The others (22 "data exception", P0 "RAISE" and whatever functions
// invent) may quote what a customer wrote.
constexpr std::array<std::string_view, 17> quotable_classes{"08", "0A", "23", "25", "26", "28", "2B", "2D", "3D",
                                                            "3F", "40", "42", "53", "54", "55", "57", "58"};

bool is_quotable(std::string_view sqlstate) {
  const std::string_view sqlstate_class = sqlstate.substr(0, 2);
  for (const auto quotable : quotable_classes) {
    if (sqlstate_class == quotable) return true;
  }
  return false;
}

}  // namespace

std::string to_string(Sqlstate state) {
  std::string text(5, '0');
  int value = static_cast<int>(state);
  for (std::size_t i = 5; i-- > 0; value /= 36) text[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value % 36];
  return text;
}

bool is_sqlstate(std::string_view text) {
  if (text.size() != 5) return false;
  for (const char c : text) {
    if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))) return false;
  }
  return true;
}

const boost::system::error_category& engine_category() {
  static const EngineCategory category;
  return category;
}

const boost::system::error_category& sqlstate_category() {
  static const SqlstateCategory category;
  return category;
}

error_code make_error_code(Condition condition) {
  return {static_cast<int>(condition), engine_category()};
}
error_code make_error_code(Sqlstate state) {
  return {static_cast<int>(state), sqlstate_category()};
}

Error::Error(Condition condition, std::string message) : code_(make_error_code(condition)) {
  auto diagnostics = std::make_shared<Diagnostics>();
  diagnostics->message = std::move(message);
  diagnostics_ = std::move(diagnostics);
}

Error::Error(error_code code, Diagnostics diagnostics)
    : code_(code), diagnostics_(std::make_shared<const Diagnostics>(std::move(diagnostics))) {}

const Diagnostics& Error::diagnostics() const {
  static const Diagnostics none;
  return diagnostics_ ? *diagnostics_ : none;
}

std::string Error::text() const {
  const Diagnostics& known = diagnostics();
  if (known.sqlstate.empty()) return known.message;
  std::string text = is_quotable(known.sqlstate)
                         ? fmt::format("{} (SQLSTATE {}", known.message, known.sqlstate)
                         : fmt::format(
                               "The server refused the statement; its message can hold data and is not "
                               "repeated here (SQLSTATE {}",
                               known.sqlstate);
  if (!known.constraint.empty()) text += fmt::format(", constraint {}", known.constraint);
  if (!known.table.empty()) text += fmt::format(", table {}", known.table);
  if (!known.column.empty()) text += fmt::format(", column {}", known.column);
  if (known.position > 0) text += fmt::format(", at character {}", known.position);
  return text + ")";
}

bool Error::is(Condition condition) const {
  return code_ == make_error_code(condition);
}
bool Error::is(Sqlstate state) const {
  return code_ == make_error_code(state);
}

bool Error::is_retryable() const {
  return is(sqlstates::serialization_failure) || is(sqlstates::deadlock_detected) || diagnostics().is_stale_statement;
}

bool Error::is_in_doubt() const {
  return is(Condition::in_doubt) || is(sqlstates::transaction_resolution_unknown) ||
         is(sqlstates::statement_completion_unknown);
}

bool Error::is_connection_lost() const {
  return is(Condition::connection_lost) || is(sqlstates::admin_shutdown) || is(sqlstates::crash_shutdown) ||
         is(sqlstates::database_dropped) || is(sqlstates::idle_session_timeout) ||
         is(sqlstates::idle_in_transaction_timeout) || sqlstate().starts_with("08");
}

bool Error::is_unavailable() const {
  return is_connection_lost() || is(Condition::connect_failed) || is(Condition::pool_timeout) ||
         is(Condition::pool_full) || is(Condition::pool_closed) || is(sqlstates::cannot_connect_now) ||
         sqlstate().starts_with("53");
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw DatabaseError(error);
}

}  // namespace support::database
