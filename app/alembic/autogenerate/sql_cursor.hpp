#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/autogenerate/catalog.hpp"

namespace support::alembic::autogenerate {

// Thrown where nothing certain can be said about what a statement makes; the server has to run it then.
struct NotPredictable {};

// Goes through the tokens of one statement that somebody has written, over blanks and comments. What it can't read for
// certain (escapes in strings, dollar quotes, letters outside of ASCII in names) is NotPredictable from the constructor
// on. The statement has to outlive it.
class SqlCursor {
 public:
  explicit SqlCursor(std::string_view statement);

  bool at_end() const { return at_ == tokens_.size(); }

  // Steps over these key words, in any case, if all of them come next.
  bool take(std::string_view key_words);
  bool take_symbol(char symbol);
  bool take_operator(std::string_view name);  // "<="
  // The same for what has to come; NotPredictable when something else does.
  void require(std::string_view key_words);
  void require_symbol(char symbol);

  // A name, folded or without its quotes. NotPredictable when none comes next, when it is a reserved word without
  // quotes, or longer than the server keeps it.
  std::string identifier();
  // Without a schema when there is no dot behind the first name.
  QualifiedName qualified_name();
  // "(a, b)"
  Texts identifiers_in_parentheses();

  bool at_string() const { return is_next(Kind::string); }
  bool at_number() const { return is_next(Kind::number); }
  // What the string holds. NotPredictable when none comes next.
  std::string string();
  // The digits as they are written, with a point among them or without. NotPredictable when none come next.
  std::string_view number();
  // Digits without a point, nine at most. NotPredictable when none come next.
  int small_integer();

 private:
  enum class Kind { word, quoted_name, string, number, symbol };
  struct Token {
    Kind kind;
    std::string_view text;  // with its quotes
  };

  std::size_t read_token(std::string_view statement, std::size_t at);
  bool is_next(Kind kind) const { return !at_end() && tokens_[at_].kind == kind; }
  const Token& next();

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace support::alembic::autogenerate
