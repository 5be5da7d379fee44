#include "app/alembic/safety/syntax/newer_syntax.hpp"

#include <algorithm>
#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace support::alembic::safety {

namespace {

namespace json = boost::json;

// Functions that stand for a construct of a newer version; no one calls a function of such a schema.
constexpr std::string_view marker_schema = "newer_syntax";
constexpr std::string_view not_null_marker = "newer_syntax.not_null";
constexpr std::string_view expression_marker = "newer_syntax.set_expression";

// Writes the statement anew, token by token.
class Rewriter {
 public:
  explicit Rewriter(const std::vector<Token>& tokens) {
    std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(tokens_),
                 [](const Token& token) { return token.kind != Token::Kind::comment; });
  }

  std::optional<OlderWords> run() {
    rewrite_start();
    while (at_ < tokens_.size()) {
      if (!rewrite_here()) keep(1);
    }
    if (!changed_) return std::nullopt;
    return std::move(words_);
  }

 private:
  bool next(std::size_t offset, std::string_view keyword) const {
    return at_ + offset < tokens_.size() && tokens_[at_ + offset].is(keyword);
  }
  template <std::size_t Count>
  bool next_are(const std::array<std::string_view, Count>& keywords) const {
    for (std::size_t i = 0; i < Count; ++i) {
      if (!next(i, keywords[i])) return false;
    }
    return true;
  }
  bool is_name(std::size_t offset) const {
    return at_ + offset < tokens_.size() && tokens_[at_ + offset].kind == Token::Kind::identifier;
  }
  std::string_view text(std::size_t offset) const { return tokens_[at_ + offset].text; }

  void keep(std::size_t count) {
    for (; count > 0 && at_ < tokens_.size(); --count, ++at_) write(tokens_[at_].text);
  }
  void write(std::string_view text) {
    if (!words_.sql.empty()) words_.sql += ' ';
    words_.sql += text;
  }
  void replace(std::size_t count, std::string_view text) {
    at_ += count;
    changed_ = true;
    if (!text.empty()) write(text);
  }
  void mark(std::string_view field) { words_.marks.push_back({field, words_.sql.size()}); }

  void rewrite_start();
  bool rewrite_here();
  bool rewrite_constraint();
  bool rewrite_column();
  bool rewrite_query();

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  bool changed_ = false;
  OlderWords words_;
};

// Words that follow NOT NULL in a column's definition, where it is no table constraint.
bool begins_column_constraint(const Token& token) {
  return token.kind == Token::Kind::word &&
         (token.is("DEFAULT") || token.is("PRIMARY") || token.is("UNIQUE") || token.is("CHECK") ||
          token.is("REFERENCES") || token.is("CONSTRAINT") || token.is("GENERATED") || token.is("COLLATE") ||
          token.is("NOT") || token.is("NULL") || token.is("NO") || token.is("DEFERRABLE") || token.is("INITIALLY"));
}

void Rewriter::rewrite_start() {
  if (next(0, "REPACK")) return replace(1, next(1, "(") ? "VACUUM" : "CLUSTER");
  if ((next(0, "ANALYZE") || next(0, "VACUUM")) && next(1, "ONLY")) {
    keep(1);
    return replace(1, "");
  }
  if (next(0, "REINDEX") && (next(1, "DATABASE") || next(1, "SYSTEM")) && tokens_.size() == 2) {
    keep(2);
    return replace(0, "current_database");
  }
  if (next(0, "CREATE") && next(1, "STATISTICS") && next(2, "ON")) {
    keep(2);
    return replace(0, "newer_syntax");
  }
}

bool Rewriter::rewrite_here() {
  return rewrite_constraint() || rewrite_column() || rewrite_query();
}

bool Rewriter::rewrite_constraint() {
  const bool after_name = at_ >= 2 && tokens_[at_ - 2].is("CONSTRAINT");
  const bool starts_element =
      at_ > 0 && (tokens_[at_ - 1].is("ADD") || tokens_[at_ - 1].is("(") || tokens_[at_ - 1].is(","));
  if (next(0, "NOT") && next(1, "NULL") && (after_name || starts_element) && at_ + 2 < tokens_.size() &&
      (tokens_[at_ + 2].kind == Token::Kind::identifier || tokens_[at_ + 2].kind == Token::Kind::word) &&
      !begins_column_constraint(tokens_[at_ + 2])) {
    replace(3, fmt::format("CHECK ({}({}))", not_null_marker, text(2)));
    return true;
  }
  if (next(0, "NOT") && next(1, "ENFORCED")) {
    replace(2, "");
    mark("not_enforced");
    return true;
  }
  if (next(0, "ENFORCED")) {
    replace(1, "");
    mark("make_enforced");
    return true;
  }
  if (at_ >= 3 && tokens_[at_ - 2].is("CONSTRAINT") && tokens_[at_ - 3].is("ALTER")) {
    if (next(0, "INHERIT")) return replace(1, ""), true;
    if (next(0, "NO") && next(1, "INHERIT")) return replace(2, ""), true;
  }
  if (next(0, "WITHOUT") && next(1, "OVERLAPS")) return replace(2, ""), true;
  if (next(0, "PERIOD") && at_ > 0 && tokens_[at_ - 1].is(",") && is_name(1)) return replace(1, ""), true;
  return false;
}

bool Rewriter::rewrite_column() {
  if (next(0, "GENERATED") && next(1, "ALWAYS") && next(2, "AS") && next(3, "(")) {
    keep(4);
    for (int depth = 1; depth > 0 && at_ < tokens_.size(); keep(1)) {
      depth += next(0, "(") ? 1 : next(0, ")") ? -1 : 0;
    }
    if (next(0, "STORED")) return true;
    replace(next(0, "VIRTUAL") ? 1 : 0, "STORED");
    mark("virtual");
    return true;
  }
  if (next_are(std::array<std::string_view, 3>{"SET", "EXPRESSION", "AS"})) {
    replace(3, fmt::format("SET DEFAULT {}", expression_marker));
    return true;
  }
  if (next_are(std::array<std::string_view, 3>{"SET", "STORAGE", "DEFAULT"}))
    return replace(3, "SET STORAGE PLAIN"), true;
  if (next_are(std::array<std::string_view, 3>{"SET", "STATISTICS", "DEFAULT"}))
    return replace(3, "SET STATISTICS -1"), true;
  if (next_are(std::array<std::string_view, 4>{"SET", "ACCESS", "METHOD", "DEFAULT"})) {
    return replace(4, "SET ACCESS METHOD heap"), true;
  }
  // STORAGE in the definition of a column; SET STORAGE is old.
  if (next(0, "STORAGE") && at_ > 0 && !tokens_[at_ - 1].is("SET")) return replace(2, ""), true;
  return false;
}

bool Rewriter::rewrite_query() {
  if (next_are(std::array<std::string_view, 4>{"NOT", "MATCHED", "BY", "SOURCE"})) return replace(4, "MATCHED"), true;
  if (next_are(std::array<std::string_view, 4>{"NOT", "MATCHED", "BY", "TARGET"}))
    return replace(4, "NOT MATCHED"), true;
  if (next(0, "RETURNING") && !tokens_.empty() && tokens_.front().is("MERGE")) {
    return replace(tokens_.size() - at_, ""), true;
  }
  if (next(0, "WITH") && (next(1, "INHERIT") || next(1, "SET")) && tokens_.front().is("GRANT")) {
    return replace(tokens_.size() - at_, ""), true;
  }
  const std::size_t json_word = next(0, "IS") ? (next(1, "NOT") ? 2U : 1U) : 0U;
  if (json_word > 0 && next(json_word, "JSON")) {
    std::size_t count = json_word + 1;
    if (next(count, "VALUE") || next(count, "OBJECT") || next(count, "ARRAY") || next(count, "SCALAR")) ++count;
    if ((next(count, "WITH") || next(count, "WITHOUT")) && next(count + 1, "UNIQUE")) {
      count += next(count + 2, "KEYS") ? 3U : 2U;
    }
    return replace(count, json_word == 2 ? "IS NULL" : "IS NOT NULL"), true;
  }
  return false;
}

std::string marker_of(const json::object& call) {
  const auto* name = call.if_contains("funcname");
  if (name == nullptr || !name->is_array() || name->as_array().size() != 2) return {};
  std::string result;
  for (const auto& part : name->as_array()) {
    if (!result.empty()) result += '.';
    result += json::value_to<std::string>(part.at("String").at("sval"));
  }
  return result.starts_with(marker_schema) ? result : std::string();
}

// The argument of a marker's call, or null.
json::value* marked(json::value* call, std::string_view marker) {
  auto* outer = call == nullptr ? nullptr : call->if_object();
  auto* function = outer == nullptr ? nullptr : outer->if_contains("FuncCall");
  if (function == nullptr || marker_of(function->as_object()) != marker) return nullptr;
  auto* arguments = function->as_object().if_contains("args");
  return arguments == nullptr || arguments->as_array().empty() ? nullptr : &arguments->as_array().front();
}

void annotate_constraint(json::object& constraint) {
  if (auto* column = marked(constraint.if_contains("raw_expr"), not_null_marker)) {
    const auto name = column->at("ColumnRef").at("fields").as_array().front();
    constraint.erase("raw_expr");
    constraint["contype"] = "CONSTR_NOTNULL";
    constraint["keys"] = json::array({name}, constraint.storage());
  }
}

void annotate_command(json::object& command) {
  auto* value = marked(command.if_contains("def"), expression_marker);
  if (value == nullptr) return;
  const json::value expression = *value;
  command["subtype"] = "AT_SetExpression";
  command["def"] = expression;
}

// All constraints in the order of the source.
void collect(json::value& value, std::vector<json::object*>& constraints) {
  if (auto* array = value.if_array()) {
    for (auto& item : *array) collect(item, constraints);
  }
  auto* object = value.if_object();
  if (object == nullptr) return;
  for (auto& member : *object) {
    if (member.key() == "Constraint") {
      constraints.push_back(&member.value().as_object());
      annotate_constraint(member.value().as_object());
    }
    if (member.key() == "AlterTableCmd") annotate_command(member.value().as_object());
    collect(member.value(), constraints);
  }
}

}  // namespace

std::optional<OlderWords> in_older_words(const std::vector<Token>& tokens) {
  return Rewriter(tokens).run();
}

void annotate(json::value& tree, const OlderWords& words) {
  std::vector<json::object*> constraints;
  collect(tree, constraints);
  for (const auto& mark : words.marks) {
    json::object* meant = nullptr;
    std::int64_t nearest = -1;
    for (auto* constraint : constraints) {
      const auto* location = constraint->if_contains("location");
      const auto place = location == nullptr ? 0 : location->as_int64();
      if (place > static_cast<std::int64_t>(mark.offset) || place < nearest) continue;
      const auto* type = constraint->if_contains("contype");
      const bool generated = type != nullptr && *type == "CONSTR_GENERATED";
      if (generated != (mark.field == "virtual")) continue;
      nearest = place;
      meant = constraint;
    }
    if (meant != nullptr) (*meant)[json::string_view(mark.field.data(), mark.field.size())] = true;
  }
}

}  // namespace support::alembic::safety
