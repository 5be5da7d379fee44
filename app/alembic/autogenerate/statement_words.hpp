#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the first words of a statement say about it.
namespace support::alembic::autogenerate {

struct Word {
  std::string_view text;  // as written, quotes included
  std::size_t offset;     // in the statement
};

// The words at the beginning of a statement, at most `count`, up to the first thing that is no name, over blanks and
// comments.
std::vector<Word> leading_words(std::string_view statement, std::size_t count);

// Whether a word is this key word, in any case. `key_word` is in upper case.
bool is_key_word(std::string_view word, std::string_view key_word);
bool begins_with(const std::vector<Word>& words, const std::vector<std::string_view>& key_words);

// The name that a word means: folded to lower case, or what is between the quotes.
std::string name_of(std::string_view word);

// The extension of CREATE EXTENSION [IF NOT EXISTS] name; absent for other statements.
std::optional<std::string> created_extension(std::string_view statement);

// The statement without the word CONCURRENTLY, which no transaction allows and which makes no difference to the result.
std::string without_concurrently(std::string_view statement);

}  // namespace support::alembic::autogenerate
