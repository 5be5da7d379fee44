#include "app/alembic/script/statement_words.hpp"

#include <algorithm>
#include <ranges>

#include "app/alembic/script/sql_words.hpp"

namespace support::alembic {

namespace {

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool same_letter(char a, char lower_case) {
  return a == lower_case || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == lower_case);
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool is_name_part(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '$';
}

// The words, quoted names, constants in quotes and symbols of a statement, one after the other. Comments, which may
// hold comments, are passed over.
class Words {
 public:
  explicit Words(std::string_view statement) : statement_(statement) { skip_blanks(); }

  // As it is spelled; empty at the end.
  std::string_view next() {
    const auto word = peek();
    at_ += word.size();
    skip_blanks();
    return word;
  }
  std::string_view peek() const { return statement_.substr(at_, length()); }
  // Where peek() begins in the statement.
  std::size_t offset() const { return at_; }
  bool is_name() const { return at_ < statement_.size() && (statement_[at_] == '"' || is_letter(statement_[at_])); }

  // The next one, if it is this key word.
  bool take(std::string_view key_word) {
    if (!same_word(peek(), key_word)) return false;
    next();
    return true;
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
  bool looking_at(std::string_view text) const { return statement_.substr(at_, text.size()) == text; }

  void skip_blanks() {
    while (at_ < statement_.size()) {
      if (is_blank(statement_[at_])) {
        ++at_;
      } else if (looking_at("--")) {
        at_ = std::min(statement_.find('\n', at_), statement_.size());
      } else if (looking_at("/*")) {
        skip_comment();
      } else {
        return;
      }
    }
  }
  void skip_comment() {
    std::size_t depth = 0;
    do {
      if (looking_at("/*")) {
        ++depth;
        at_ += 2;
      } else if (looking_at("*/")) {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && at_ < statement_.size());
  }
  std::size_t length() const {
    if (at_ == statement_.size()) return 0;
    const char first = statement_[at_];
    if (first == '"' || first == '\'') return quoted_length(first);
    std::size_t length = 1;
    if (is_name_part(first)) {
      while (at_ + length < statement_.size() && is_name_part(statement_[at_ + length])) ++length;
    }
    return length;
  }
  // A doubled quote stands for itself: "a""b".
  std::size_t quoted_length(char quote) const {
    const auto rest = statement_.substr(at_);
    for (std::size_t at = 1; at < rest.size(); ++at) {
      if (rest[at] != quote) continue;
      if (at + 1 == rest.size() || rest[at + 1] != quote) return at + 1;
      ++at;
    }
    return rest.size();
  }

  std::string_view statement_;
  std::size_t at_ = 0;
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

std::vector<Word> leading_words(std::string_view statement, std::size_t count) {
  std::vector<Word> result;
  for (Words words(statement); result.size() < count && words.is_name(); words.next()) {
    result.push_back({words.peek(), words.offset()});
  }
  return result;
}

bool begins_with(const std::vector<Word>& words, const std::vector<std::string_view>& key_words) {
  return words.size() >= key_words.size() &&
         std::ranges::equal(key_words, words | std::views::take(key_words.size()), same_word, {}, &Word::text);
}

std::string name_of(std::string_view word) {
  std::string name;
  if (word.starts_with('"')) {
    for (std::size_t at = 1; at + 1 < word.size(); ++at) {
      name += word[at];
      if (word[at] == '"') ++at;
    }
    return name;
  }
  for (const char c : word) name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

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
    if (same_word(word, "CONCURRENTLY")) return true;
  }
  return false;
}

std::optional<std::string> concurrently_dropped_index(std::string_view statement) {
  Words words(statement);
  if (!words.take("DROP") || !words.take("INDEX") || !words.take("CONCURRENTLY")) return std::nullopt;
  if (words.take("IF") && !words.take("EXISTS")) return std::nullopt;
  auto index = words.name();
  if (index.empty() || words.peek() == ",") return std::nullopt;
  return index;
}

std::optional<ConcurrentDetach> concurrent_detach(std::string_view statement) {
  Words words(statement);
  if (!words.take("ALTER") || !words.take("TABLE")) return std::nullopt;
  if (words.take("IF") && !words.take("EXISTS")) return std::nullopt;
  ConcurrentDetach result{.parent = words.name(), .partition = {}};
  if (!words.take("DETACH") || !words.take("PARTITION")) return std::nullopt;
  result.partition = words.name();
  if (!words.take("CONCURRENTLY")) return std::nullopt;
  return result;
}

bool mentions_concurrently(std::string_view text) {
  return !std::ranges::search(text, std::string_view("concurrently"), same_letter).empty();
}

bool runs_outside_transactions(std::string_view statement) {
  // The word is rare, and most statements are long.
  if (!mentions_concurrently(statement)) return false;
  const auto words = leading_words(statement, 3);
  return concurrent_index(statement) || is_concurrent_reindex(statement) || concurrent_detach(statement) ||
         begins_with(words, {"DROP", "INDEX", "CONCURRENTLY"});
}

bool may_commit(std::string_view statement) {
  Words words(statement);
  return words.take("CALL") || words.take("DO");
}

std::string without_concurrently(std::string_view statement) {
  std::string text(statement);
  const auto words = leading_words(statement, 4);
  const bool may_have_it = begins_with(words, {"CREATE", "INDEX"}) ||
                           begins_with(words, {"CREATE", "UNIQUE", "INDEX"}) || begins_with(words, {"DROP", "INDEX"}) ||
                           begins_with(words, {"REINDEX"});
  if (!may_have_it) return text;
  for (const auto& word : words) {
    if (same_word(word.text, "CONCURRENTLY")) return text.erase(word.offset, word.text.size());
  }
  return text;
}

std::optional<std::string> created_extension(std::string_view statement) {
  Words words(statement);
  if (!words.take("CREATE") || !words.take("EXTENSION")) return std::nullopt;
  if (words.take("IF") && (!words.take("NOT") || !words.take("EXISTS"))) return std::nullopt;
  if (!words.is_name()) return std::nullopt;
  return name_of(words.next());
}

}  // namespace support::alembic
