#include "app/alembic/autogenerate/statement_reach.hpp"

#include <algorithm>
#include <array>

#include "app/alembic/autogenerate/sql_cursor.hpp"
#include "app/alembic/script/statement_words.hpp"

namespace support::alembic::autogenerate {
namespace {

bool is_word_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// What SET may say without a difference to what is made: limits, and values that the server has anyway.
constexpr auto limits = std::to_array<std::string_view>({"statement_timeout", "lock_timeout", "transaction_timeout",
                                                         "idle_in_transaction_session_timeout", "client_min_messages"});

bool is_harmless_setting(std::string_view statement) {
  try {
    SqlCursor cursor(statement);
    cursor.require("SET");
    const auto name = cursor.identifier();
    cursor.require_symbol('=');
    if (std::ranges::find(limits, name) != limits.end()) return true;
    if (name == "default_tablespace") return cursor.string().empty() && cursor.at_end();
    if (name == "default_table_access_method") return cursor.take("heap") && cursor.at_end();
    if (name == "standard_conforming_strings") return cursor.take("on") && cursor.at_end();
    if (name == "client_encoding") return cursor.string() == "UTF8" && cursor.at_end();
    if (name == "check_function_bodies") return cursor.take("false") && cursor.at_end();
    if (name == "row_security") return cursor.take("off") && cursor.at_end();
    return name == "xmloption" && cursor.take("content") && cursor.at_end();
  } catch (const NotPredictable&) {
    return false;
  }
}

bool clears_search_path(std::string_view statement) {
  try {
    SqlCursor cursor(statement);
    cursor.require("SELECT");
    if (cursor.qualified_name() != QualifiedName{"pg_catalog", "set_config"}) return false;
    cursor.require_symbol('(');
    if (cursor.string() != "search_path") return false;
    cursor.require_symbol(',');
    if (!cursor.string().empty()) return false;
    cursor.require_symbol(',');
    return cursor.take("false") && cursor.take_symbol(')') && cursor.at_end();
  } catch (const NotPredictable&) {
    return false;
  }
}

// U&"\0061" and E'\x61' are words that can't be seen.
bool may_hide_words(std::string_view statement) {
  if (statement.find('\\') == std::string_view::npos) return false;
  for (const auto* beginning : {"U&\"", "u&\"", "U&'", "u&'", "E'", "e'"}) {
    if (statement.find(beginning) != std::string_view::npos) return true;
  }
  return false;
}

constexpr auto created_kinds = std::to_array<std::string_view>(
    {"table",     "unlogged",   "temp",      "temporary", "index",     "unique", "view",      "materialized",
     "recursive", "or",         "function",  "type",      "procedure", "domain", "sequence",  "aggregate",
     "trigger",   "constraint", "extension", "policy",    "schema",    "rule",   "statistics"});
constexpr auto altered_kinds = std::to_array<std::string_view>({"table", "index", "sequence", "view", "materialized",
                                                                "function", "procedure", "routine", "aggregate", "type",
                                                                "domain", "trigger", "policy", "rule", "statistics"});

bool is_local(std::string_view statement) {
  const auto words = leading_words(statement, 3);
  if (words.size() < 2) return false;
  const auto verb = name_of(words[0].text);
  const auto kind = name_of(words[1].text);
  const auto is_among = [&](const auto& kinds) { return std::ranges::find(kinds, kind) != kinds.end(); };
  if (verb == "create") return is_among(created_kinds);
  // ALTER TABLE ALL IN TABLESPACE
  if (verb == "alter") return is_among(altered_kinds) && words.size() == 3 && name_of(words[2].text) != "all";
  if (verb == "comment") return true;
  if (verb != "grant" && verb != "revoke") return false;
  // ON ALL TABLES IN SCHEMA
  const auto spoken = words_in(statement);
  return !(spoken.contains("all") && spoken.contains("schema"));
}

}  // namespace

WordSet words_in(std::string_view text) {
  WordSet words;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = static_cast<std::size_t>(
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_word_part) - text.begin());
    if (end == at) {
      ++at;
      continue;
    }
    words.insert(name_of(text.substr(at, end - at)));
    at = end;
  }
  return words;
}

Reach reach(std::string_view statement) {
  if (transaction_control(statement) != TransactionControl::none || is_harmless_setting(statement)) {
    return Reach::nothing;
  }
  if (clears_search_path(statement)) return Reach::search_path;
  return is_local(statement) && !may_hide_words(statement) ? Reach::named_objects : Reach::everything;
}

}  // namespace support::alembic::autogenerate
