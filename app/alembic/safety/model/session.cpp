#include "app/alembic/safety/model/session.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/safety/model/expression.hpp"

namespace support::alembic::safety {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return result;
}

std::string list_of_constants(const Node& statement) {
  std::vector<std::string> values;
  for (const auto& argument : statement.items("args")) values.push_back(argument.constant());
  return fmt::format("{}", fmt::join(values, ","));
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_timeout(std::string_view text) {
  const auto trim = [](std::string_view& part) {
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
  };
  trim(text);
  const auto unit_at = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto digits = text.substr(0, unit_at);
  auto unit = text.substr(unit_at);
  trim(unit);
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number > 1e12) return std::nullopt;
  double factor = 0;
  if (unit.empty() || unit == "ms") factor = 1;
  if (unit == "us") factor = 0.001;
  if (unit == "s") factor = 1000;
  if (unit == "min") factor = 60'000;
  if (unit == "h") factor = 3'600'000;
  if (unit == "d") factor = 86'400'000;
  if (factor == 0) return std::nullopt;
  return std::chrono::milliseconds(static_cast<long long>(number * factor));
}

void Session::begin_file(Wrapping wrapping, bool has_rollback) {
  wrapping_ = wrapping;
  has_rollback_ = has_rollback;
  ++transaction_;
  if (wrapping == Wrapping::transaction) mark("");
}

void Session::reset() {
  // What a schema dump says of the time zone stands for the database's own.
  const auto zone = setting("timezone");
  state_ = {};
  if (!zone.empty()) state_.settings["timezone"] = zone;
  finish();
}

void Session::end_file() {
  finish();
  wrapping_ = Wrapping::statements;
}

void Session::leave_transaction() {
  finish();
  model_.next_epoch();
  wrapping_ = Wrapping::statements;
}

void Session::resume_transaction() {
  wrapping_ = Wrapping::transaction;
  ++transaction_;
  mark("");
}

void Session::mark(std::string name) {
  points_.push_back({std::move(name), state_, has_rollback_ ? std::make_shared<SchemaModel>(model_) : nullptr});
}

void Session::return_to(std::size_t point) {
  auto kept = points_[point];
  state_ = kept.state;
  if (kept.model != nullptr) model_ = *kept.model;
  points_.resize(point);
}

void Session::finish() {
  is_open_ = false;
  ++transaction_;
  points_.clear();
  state_.local.clear();
  state_.locks.clear();
  state_.enum_values.clear();
  state_.has_changed_schema = false;
  update_search_path();
}

void Session::end_statement() {
  if (in_transaction()) return;
  ++transaction_;
  state_.locks.clear();
  state_.local.clear();
  state_.enum_values.clear();
  state_.has_changed_schema = false;
}

void Session::follow(const Node& statement) {
  if (statement.is("TransactionStmt")) return follow_transaction(statement);
  if (statement.is("VariableSetStmt")) return follow_set(statement);
  if (statement.is("SelectStmt")) return follow_select(statement);
  if (statement.is("DiscardStmt") && statement.text("target") == "DISCARD_ALL") {
    state_.settings.clear();
    update_search_path();
  }
}

void Session::follow_transaction(const Node& statement) {
  const auto kind = statement.text("kind");
  const std::string name(statement.text("savepoint_name"));
  if (kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START") {
    if (in_transaction()) return;
    ++transaction_;
    is_open_ = true;
    mark("");
  } else if (kind == "TRANS_STMT_COMMIT" || kind == "TRANS_STMT_PREPARE") {
    if (!in_transaction()) return;
    // What a committed transaction created is there for everyone.
    leave_transaction();
  } else if (kind == "TRANS_STMT_ROLLBACK") {
    if (points_.empty()) return;
    return_to(0);
    finish();
    wrapping_ = Wrapping::statements;
  } else if (kind == "TRANS_STMT_SAVEPOINT") {
    if (in_transaction()) mark(name);
  } else if (kind == "TRANS_STMT_ROLLBACK_TO" || kind == "TRANS_STMT_RELEASE") {
    const auto point = std::find_if(points_.rbegin(), points_.rend(), [&](const Point& p) { return p.name == name; });
    if (point == points_.rend() || name.empty()) return;
    const auto index = static_cast<std::size_t>(points_.rend() - point) - 1;
    if (kind == "TRANS_STMT_RELEASE") return points_.resize(index);
    return_to(index);
    mark(name);
    update_search_path();
  }
}

void Session::follow_set(const Node& statement) {
  const auto kind = statement.text("kind");
  const auto name = lower(statement.text("name"));
  if (kind == "VAR_SET_VALUE") return set(name, list_of_constants(statement), statement.flag("is_local"));
  if (kind == "VAR_SET_DEFAULT" || kind == "VAR_RESET") return reset(name);
  if (kind == "VAR_RESET_ALL") {
    state_.settings.clear();
    state_.local.clear();
    update_search_path();
  }
}

void Session::follow_select(const Node& statement) {
  statement.walk([this](const Node& node) {
    if (!node.is("FuncCall") || function_name(node) != "set_config") return;
    const auto arguments = node.items("args");
    if (arguments.size() != 3) return;
    set(lower(arguments[0].constant()), arguments[1].constant(), arguments[2].constant() == "true");
  });
}

void Session::set(const std::string& name, std::string value, bool is_local) {
  if (is_local && !in_transaction()) return;  // the server only warns
  if (is_local) {
    state_.local[name] = std::move(value);
  } else {
    state_.settings[name] = std::move(value);
    state_.local.erase(name);
  }
  if (name == "search_path") update_search_path();
}

void Session::reset(const std::string& name) {
  state_.settings.erase(name);
  state_.local.erase(name);
  if (name == "search_path") update_search_path();
}

std::string Session::setting(const std::string& name) const {
  if (const auto found = state_.local.find(name); found != state_.local.end()) return found->second;
  const auto found = state_.settings.find(name);
  return found == state_.settings.end() ? std::string() : found->second;
}

std::optional<std::chrono::milliseconds> Session::timeout(const std::string& name) const {
  const auto value = parse_timeout(setting(name));
  return value && value->count() > 0 ? value : std::nullopt;
}

void Session::update_search_path() {
  const auto text = setting("search_path");
  std::vector<std::string> path;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto comma = std::min(text.find(',', begin), text.size());
    auto schema = text.substr(begin, comma - begin);
    std::erase(schema, ' ');
    std::erase(schema, '"');
    if (!schema.empty() && schema != "$user" && schema != "pg_catalog" && schema != "pg_temp") path.push_back(schema);
    begin = comma + 1;
  }
  if (path.empty()) path.emplace_back("public");
  model_.search_path = std::move(path);
}

}  // namespace support::alembic::safety
