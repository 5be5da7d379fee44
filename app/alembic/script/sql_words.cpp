#include "app/alembic/script/sql_words.hpp"

#include <algorithm>

namespace support::alembic {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool same_word(std::string_view text, std::string_view key_word) {
  return std::ranges::equal(text, key_word, {}, lower, lower);
}

void SqlWords::add_word(std::string_view word, std::size_t offset) {
  if (parentheses_ == 0) {
    advance_opening(word);
    if (opening_ == Opening::create_routine) follow_body(word, offset);
  }
  previous_ = word;
}

void SqlWords::add_symbol(char symbol, std::size_t offset) {
  end_opening();
  if (symbol == '(') {
    if (parentheses_++ == 0) parenthesis_opened_at_ = offset;
  } else if (symbol == ')' && parentheses_ > 0) {
    --parentheses_;
  }
  previous_ = symbol == '.' ? std::string_view(".") : std::string_view();
}

void SqlWords::add_other() {
  end_opening();
  previous_ = {};
}

void SqlWords::end_opening() {
  if (opening_ != Opening::copy && opening_ != Opening::create_routine) opening_ = Opening::other;
}

void SqlWords::advance_opening(std::string_view word) {
  const auto is = [word](std::string_view key_word) { return same_word(word, key_word); };
  switch (opening_) {
    case Opening::nothing:
      opening_ = is("copy") ? Opening::copy : is("create") ? Opening::create : Opening::other;
      break;
    case Opening::create:
    case Opening::create_or_replace:
      if (is("function") || is("procedure")) {
        opening_ = Opening::create_routine;
      } else {
        opening_ = opening_ == Opening::create && is("or") ? Opening::create_or : Opening::other;
      }
      break;
    case Opening::create_or:
      opening_ = is("replace") ? Opening::create_or_replace : Opening::other;
      break;
    case Opening::copy:
      if (is("from")) opening_ = Opening::copy_from;
      break;
    case Opening::copy_from:
      // The grammar takes the one for the other.
      is_copy_from_stdin_ = is("stdin") || is("stdout");
      opening_ = Opening::other;
      break;
    case Opening::create_routine:
    case Opening::other:
      break;
  }
}

void SqlWords::follow_body(std::string_view word, std::size_t offset) {
  if (body_ == 0) {
    if (!same_word(word, "atomic") || !same_word(previous_, "begin")) return;
    body_ = 1;
    body_opened_at_ = offset;
    return;
  }
  // `x.end` and `AS case` are names.
  if (previous_ == "." || same_word(previous_, "as")) return;
  if (same_word(word, "case")) ++body_;
  if (same_word(word, "end")) --body_;
}

}  // namespace support::alembic
