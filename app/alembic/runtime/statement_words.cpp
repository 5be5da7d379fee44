#include "app/alembic/runtime/statement_words.hpp"

#include <algorithm>
#include <cctype>

namespace support::alembic {

namespace {

// The words, quoted names and symbols of a statement, one after the other. Comments are passed over.
class Words {
 public:
  explicit Words(std::string_view statement) : rest_(statement) {}

  // As it is spelled; empty at the end.
  std::string_view next() {
    skip_blanks();
    if (rest_.empty()) return {};
    std::size_t length = 1;
    if (rest_.front() == '"') {
      length = quoted_length();
    } else if (is_word(rest_.front())) {
      while (length < rest_.size() && is_word(rest_[length])) ++length;
    }
    const auto word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return word;
  }
  // The next one, if it is this key word.
  bool take(std::string_view key_word) {
    const auto before = rest_;
    if (equals(next(), key_word)) return true;
    rest_ = before;
    return false;
  }
  // "schema.name" or "name", without the blanks that may stand around the full stop.
  std::string name() {
    std::string result(next());
    while (take(".")) {
      result += '.';
      result += next();
    }
    return result;
  }

 private:
  static bool is_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 || c == '_' || c == '$' || byte >= 0x80U;
  }
  static bool equals(std::string_view word, std::string_view key_word) {
    return std::ranges::equal(word, key_word, [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    });
  }
  void skip_blanks() {
    for (;;) {
      rest_ = rest_.substr(std::min(rest_.find_first_not_of(" \t\r\n\f"), rest_.size()));
      if (rest_.starts_with("--")) {
        rest_ = rest_.substr(std::min(rest_.find('\n'), rest_.size()));
      } else if (rest_.starts_with("/*")) {
        const auto end = rest_.find("*/");
        rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 2);
      } else {
        return;
      }
    }
  }
  std::size_t quoted_length() const {
    std::size_t at = 1;
    while (at < rest_.size()) {
      if (rest_[at] != '"') {
        ++at;
      } else if (at + 1 < rest_.size() && rest_[at + 1] == '"') {
        at += 2;
      } else {
        return at + 1;
      }
    }
    return rest_.size();
  }

  std::string_view rest_;
};

bool ends_transaction(Words& words) {
  if (words.take("END") || words.take("ABORT")) return true;
  if (words.take("COMMIT")) return !words.take("PREPARED");
  if (words.take("PREPARE")) return words.take("TRANSACTION");
  if (!words.take("ROLLBACK")) return false;
  if (!words.take("WORK")) words.take("TRANSACTION");
  return !words.take("TO") && !words.take("PREPARED");
}

}  // namespace

TransactionControl transaction_control(std::string_view statement) {
  Words words(statement);
  if (words.take("BEGIN")) return TransactionControl::begins;
  if (words.take("START")) return words.take("TRANSACTION") ? TransactionControl::begins : TransactionControl::none;
  return ends_transaction(words) ? TransactionControl::ends : TransactionControl::none;
}

bool needs_own_message(std::string_view statement) {
  if (statement.find('\\') != std::string_view::npos) return true;
  Words words(statement);
  for (const auto* key_word : {"SET", "RESET", "DISCARD", "SAVEPOINT", "RELEASE", "ROLLBACK"}) {
    if (words.take(key_word)) return true;
  }
  // As a function, where a SELECT or a DO calls it.
  while (true) {
    const auto word = words.next();
    if (word.empty()) return false;
    if (Words(word).take("set_config")) return true;
  }
}

CopyDirection copy_direction(std::string_view statement) {
  Words words(statement);
  if (!words.take("COPY")) return CopyDirection::none;
  // The query of COPY (…) TO may have a FROM of its own.
  int depth = 0;
  for (;;) {
    if (depth == 0 && words.take("FROM")) return words.take("STDIN") ? CopyDirection::from_client : CopyDirection::none;
    if (depth == 0 && words.take("TO")) return words.take("STDOUT") ? CopyDirection::to_client : CopyDirection::none;
    const auto word = words.next();
    if (word.empty()) return CopyDirection::none;
    if (word == "(") ++depth;
    if (word == ")") --depth;
  }
}

std::optional<ConcurrentIndex> concurrent_index(std::string_view statement) {
  Words words(statement);
  if (!words.take("CREATE")) return std::nullopt;
  words.take("UNIQUE");
  if (!words.take("INDEX") || !words.take("CONCURRENTLY")) return std::nullopt;
  if (words.take("IF") && (!words.take("NOT") || !words.take("EXISTS"))) return std::nullopt;
  ConcurrentIndex result;
  if (!words.take("ON")) {
    result.index = words.name();
    if (!words.take("ON")) return std::nullopt;
  }
  words.take("ONLY");
  result.table = words.name();
  // An index lives in the schema of its table. A quoted schema may hold a full stop of its own.
  Words of_table(result.table);
  const auto first = of_table.next();
  if (of_table.take(".")) result.schema = first;
  if (!result.index.empty() && !result.schema.empty()) result.index = result.schema + '.' + result.index;
  return result;
}

bool is_concurrent_reindex(std::string_view statement) {
  Words words(statement);
  if (!words.take("REINDEX")) return false;
  for (auto word = words.next(); !word.empty(); word = words.next()) {
    Words one(word);
    if (one.take("CONCURRENTLY")) return true;
  }
  return false;
}

}  // namespace support::alembic
