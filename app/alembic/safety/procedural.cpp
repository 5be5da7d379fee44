#include "app/alembic/safety/procedural.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "app/alembic/safety/model/builtin_functions.hpp"
#include "app/alembic/safety/model/table_locks.hpp"

namespace support::alembic::safety {

namespace {

std::string body_of(const Node& block) {
  for (const auto& argument : block.items("args")) {
    if (argument.text("defname") == "as") return std::string(argument["arg"].text("sval"));
  }
  return {};
}

template <std::size_t Count>
bool is_any(const Token& token, const std::array<std::string_view, Count>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return token.is(word); });
}

constexpr std::array<std::string_view, 13> starting_words{"CREATE", "ALTER",  "DROP",   "TRUNCATE", "REINDEX",
                                                          "INSERT", "UPDATE", "DELETE", "CLUSTER",  "REFRESH",
                                                          "LOCK",   "VACUUM", "MERGE"};
constexpr std::array<std::string_view, 7> schema_words{"CREATE",  "ALTER",   "DROP",   "TRUNCATE",
                                                       "REINDEX", "CLUSTER", "REFRESH"};
// Behind these of PL/pgSQL a statement begins.
constexpr std::array<std::string_view, 6> opening_words{"BEGIN", "THEN", "ELSE", "LOOP", ";", "DECLARE"};

// 'it''s' without its quotes; nothing for a literal of another form.
std::optional<std::string> unquoted(std::string_view literal) {
  if (literal.size() < 2) return std::nullopt;
  if (literal.front() == '$') {
    const auto tag = literal.find('$', 1) + 1;
    if (literal.size() < 2 * tag) return std::nullopt;
    return std::string(literal.substr(tag, literal.size() - 2 * tag));
  }
  if (literal.front() != '\'') return std::nullopt;
  std::string text(literal.substr(1, literal.size() - 2));
  for (auto quote = text.find("''"); quote != std::string::npos; quote = text.find("''", quote + 1)) {
    text.erase(quote, 1);
  }
  return text;
}

std::optional<ParseTree> parse(const std::string& sql) {
  try {
    return ParseTree::parse(sql, scan(sql));
  } catch (const SyntaxError&) {
    return std::nullopt;  // PL/pgSQL of its own: an assignment, INTO, a variable in a place of its own
  }
}

bool starts_with_schema_word(const std::string& sql) {
  try {
    const auto tokens = scan(sql);
    const auto first = std::find_if(tokens.begin(), tokens.end(),
                                    [](const Token& token) { return token.kind != Token::Kind::comment; });
    return first != tokens.end() && is_any(*first, schema_words);
  } catch (const SyntaxError&) {
    return false;
  }
}

struct Body {
  std::vector<std::string> statements;  // SQL
  std::vector<std::string> executed;    // constants in EXECUTE
  bool executes_unknown = false;
  bool calls_unknown = false;
  std::vector<std::vector<std::string>> reads;  // tables, outside of the statements
};

// a, a.b: the name that begins at a token.
std::vector<std::string> name_at(const std::vector<Token>& tokens, std::size_t at) {
  std::vector<std::string> parts;
  for (; at < tokens.size(); at += 2) {
    const auto& token = tokens[at];
    if (token.kind != Token::Kind::identifier && token.kind != Token::Kind::word) break;
    std::string part(token.text);
    if (part.size() > 1 && part.front() == '"') {
      part = part.substr(1, part.size() - 2);
    } else {
      std::transform(part.begin(), part.end(), part.begin(),
                     [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    }
    parts.push_back(std::move(part));
    if (at + 1 >= tokens.size() || tokens[at + 1].text != ".") break;
  }
  return parts;
}

bool is_of_server(const std::vector<std::string>& name) {
  return name.back().starts_with("pg_") || name.front() == "pg_catalog" || name.front() == "information_schema";
}

// What the rest of a body reads and calls, apart from the statements in it.
void read_rest(const std::vector<Token>& tokens, const std::vector<bool>& is_taken, Body& body) {
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (is_taken[i]) continue;
    auto name = name_at(tokens, i + 1);
    if (name.empty()) continue;
    if (tokens[i].is("FROM") || tokens[i].is("JOIN")) {
      if (!is_of_server(name)) body.reads.push_back(std::move(name));
    } else if (tokens[i].is("CALL") || (tokens[i].is("PERFORM") && !builtin_volatility(name.back()))) {
      const auto behind = i + 2 * name.size();
      body.calls_unknown |= behind < tokens.size() && tokens[behind].text == "(";
    }
  }
}

Body read_body(const std::string& text) {
  Body body;
  std::vector<Token> tokens;
  try {
    for (const auto& token : scan(text)) {
      if (token.kind != Token::Kind::comment) tokens.push_back(token);
    }
  } catch (const SyntaxError&) {
    return body;
  }
  std::vector<bool> is_taken(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool starts = i == 0 || is_any(tokens[i - 1], opening_words);
    if (!starts) continue;
    auto end = i;
    while (end < tokens.size() && tokens[end].text != ";") ++end;
    if (end == i) continue;
    if (is_any(tokens[i], starting_words)) {
      body.statements.push_back(text.substr(tokens[i].begin, tokens[end - 1].end() - tokens[i].begin));
      std::fill(is_taken.begin() + static_cast<std::ptrdiff_t>(i), is_taken.begin() + static_cast<std::ptrdiff_t>(end),
                true);
    } else if (tokens[i].is("EXECUTE")) {
      bool is_constant = false;
      for (auto part = i + 1; part < end; ++part) {
        if (tokens[part].kind != Token::Kind::literal) continue;
        const auto literal = unquoted(tokens[part].text);
        if (!literal) continue;
        body.executed.push_back(*literal);
        is_constant = true;
      }
      body.executes_unknown |= !is_constant;
    }
  }
  read_rest(tokens, is_taken, body);
  return body;
}

}  // namespace

bool refuses_transaction(const Node& statement) {
  const auto type = statement.type();
  if (type == "CreatedbStmt" || type == "DropdbStmt" || type == "CreateTableSpaceStmt" ||
      type == "DropTableSpaceStmt" || type == "AlterSystemStmt") {
    return true;
  }
  if (type == "VacuumStmt") return statement.flag("is_vacuumcmd");
  if (type == "ReindexStmt") {
    const auto kind = statement.text("kind");
    return is_concurrent(statement) || kind == "REINDEX_OBJECT_SCHEMA" || kind == "REINDEX_OBJECT_DATABASE" ||
           kind == "REINDEX_OBJECT_SYSTEM";
  }
  if (type == "ClusterStmt") return !statement["relation"];
  return is_concurrent(statement);
}

std::vector<ParseTree> executed_by_block(const Node& statement) {
  std::vector<ParseTree> trees;
  if (!statement.is("DoStmt")) return trees;
  const auto body = read_body(body_of(statement));
  for (const auto* list : {&body.statements, &body.executed}) {
    for (const auto& sql : *list) {
      if (auto tree = parse(sql)) trees.push_back(std::move(*tree));
    }
  }
  return trees;
}

std::vector<std::vector<std::string>> read_by_block(const Node& statement) {
  if (!statement.is("DoStmt")) return {};
  return read_body(body_of(statement)).reads;
}

bool hides_statements(const Node& block) {
  const auto body = read_body(body_of(block));
  const auto is_unreadable = [](const std::string& sql) { return !parse(sql); };
  return body.executes_unknown || body.calls_unknown ||
         std::any_of(body.statements.begin(), body.statements.end(), is_unreadable) ||
         std::any_of(body.executed.begin(), body.executed.end(), is_unreadable);
}

bool changes_schema(const Node& block) {
  const auto body = read_body(body_of(block));
  return body.executes_unknown ||
         std::any_of(body.statements.begin(), body.statements.end(), starts_with_schema_word) ||
         std::any_of(body.executed.begin(), body.executed.end(), starts_with_schema_word);
}

}  // namespace support::alembic::safety
