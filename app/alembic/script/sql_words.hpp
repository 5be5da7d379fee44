#pragma once

#include <cstddef>
#include <string_view>

namespace support::alembic {

// Whether the two are one word, in any case.
bool same_word(std::string_view text, std::string_view key_word);

// What the tokens of one statement tell about its semicolons: whether one now would be inside of something, and whether
// rows of COPY follow the one that ends it. Tokens are added in order; offsets are kept for messages only.
class SqlWords {
 public:
  void add_word(std::string_view word, std::size_t offset);  // a key word or a name without quotes
  void add_symbol(char symbol, std::size_t offset);
  void add_other();  // a constant or a quoted name

  bool is_nested() const { return is_inside_parentheses() || is_inside_body(); }
  bool is_inside_parentheses() const { return parentheses_ > 0; }
  bool is_inside_body() const { return body_ > 0; }
  bool is_copy_from_stdin() const { return is_copy_from_stdin_; }
  std::size_t parenthesis_opened_at() const { return parenthesis_opened_at_; }
  std::size_t body_opened_at() const { return body_opened_at_; }

 private:
  // The beginning of the statement, as far as it matters.
  enum class Opening { nothing, copy, copy_from, create, create_or, create_or_replace, create_routine, other };

  void advance_opening(std::string_view word);
  void end_opening();
  void follow_body(std::string_view word, std::size_t offset);

  Opening opening_ = Opening::nothing;
  std::string_view previous_;  // the token before, when it was a word; "." for a full stop
  std::size_t parentheses_ = 0;
  std::size_t parenthesis_opened_at_ = 0;
  std::size_t body_ = 0;  // BEGIN ATOMIC, and each CASE in it
  std::size_t body_opened_at_ = 0;
  bool is_copy_from_stdin_ = false;
};

}  // namespace support::alembic
