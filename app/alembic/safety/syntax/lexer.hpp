#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace support::alembic::safety {

// A token as PostgreSQL's own scanner reads it.
struct Token {
  enum class Kind { word, identifier, literal, comment, symbol };

  Kind kind = Kind::symbol;
  std::string_view text;  // as written
  std::size_t begin = 0;  // bytes from the start of the text

  std::size_t end() const { return begin + text.size(); }
  // Whether it is this keyword, in any case; `keyword` in capitals.
  bool is(std::string_view keyword) const;
};

// The text is not SQL. `offset`: the bytes before the place.
class SyntaxError : public std::runtime_error {
 public:
  SyntaxError(const std::string& message, std::size_t offset) : std::runtime_error(message), offset_(offset) {}
  std::size_t offset() const { return offset_; }

 private:
  std::size_t offset_;
};

// All tokens, comments included. Throws SyntaxError for what ends inside a quote or a comment, for bytes that are not
// UTF-8 and for NUL.
std::vector<Token> scan(const std::string& text);

// Whether `text` is an SQL keyword or name of letters, digits and underscores, compared without case.
bool same_word(std::string_view text, std::string_view capitals);

// The bytes before the `characters`-th character (from 0) of a UTF-8 text.
std::size_t byte_offset(std::string_view text, std::size_t characters);

}  // namespace support::alembic::safety
