#include "app/alembic/safety/rules/examination.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::alembic::safety {

namespace {

bool starts_command(const Token& token) {
  for (const auto word :
       {"ADD",   "DROP",    "ALTER",   "VALIDATE", "SET",    "RESET",  "ENABLE", "DISABLE", "FORCE", "NO",
        "OWNER", "REPLICA", "INHERIT", "CLUSTER",  "RENAME", "ATTACH", "DETACH", "OF",      "NOT",   "OPTIONS"}) {
    if (token.is(word)) return true;
  }
  return false;
}

// The sub-commands of ALTER TABLE as they are written: what commas outside parentheses part, behind the table's name.
std::vector<std::string> split_commands(const std::string& sql, std::size_t count) {
  std::vector<Token> tokens;
  for (auto& token : scan(sql)) {
    if (token.kind != Token::Kind::comment) tokens.push_back(token);
  }
  std::size_t at = 2;
  if (at < tokens.size() && tokens[at].is("IF")) at += 2;
  if (at < tokens.size() && tokens[at].is("ONLY")) ++at;
  while (at < tokens.size() && !starts_command(tokens[at])) ++at;
  std::vector<std::string> commands;
  int depth = 0;
  std::size_t begin = at;
  for (; at <= tokens.size() && begin < tokens.size(); ++at) {
    if (at < tokens.size()) {
      const auto text = tokens[at].text;
      depth += text == "(" || text == "[" ? 1 : text == ")" || text == "]" ? -1 : 0;
      if (text != "," || depth != 0) continue;
    }
    if (at > begin) commands.push_back(sql.substr(tokens[begin].begin, tokens[at - 1].end() - tokens[begin].begin));
    begin = at + 1;
  }
  return commands.size() == count ? commands : std::vector<std::string>();
}

}  // namespace

Examination::Examination(const Statement& examined, const Node& examined_node, unsigned examined_number,
                         unsigned statements_in_file, const SchemaModel& before, const Session& connection,
                         const LintOptions& wanted, FileMemory& file_memory)
    : statement(examined),
      node(examined_node),
      number(examined_number),
      file_size(statements_in_file),
      model(before),
      session(connection),
      options(wanted),
      memory(file_memory),
      locks(table_locks(node, model)) {}

void Examination::report(std::string_view rule, Report what) {
  report_about(number, rule, std::move(what));
}

void Examination::report_about(unsigned statement_number, std::string_view rule, Report what) {
  if (statement_number == number) held = std::max(held, what.held);
  reported.push_back({rule, statement_number, std::move(what)});
}

bool Examination::first_time(std::string_view rule, std::string_view about) {
  auto key = fmt::format("{} {}", rule, about);
  if (std::find(memory.once.begin(), memory.once.end(), key) != memory.once.end()) return false;
  memory.once.push_back(std::move(key));
  return true;
}

std::string Examination::command_text(std::size_t index) const {
  const auto commands = split_commands(statement.sql, node.items("cmds").size());
  return index < commands.size() ? commands[index] : std::string();
}

std::string quoted(std::string_view identifier) {
  return identifier.empty() ? "\"\"" : schema::quote_identifier(identifier);
}

std::string quoted(const RelationName& name) {
  if (name.schema.empty() || name.schema == "public" || name.schema == "pg_temp") return quoted(name.name);
  return quoted(name.schema) + "." + quoted(name.name);
}

std::string quoted_list(const std::vector<std::string>& columns) {
  std::string result;
  for (const auto& column : columns) {
    if (!result.empty()) result += ", ";
    result += quoted(column);
  }
  return result;
}

}  // namespace support::alembic::safety
