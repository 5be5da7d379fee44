#include "app/alembic/script/sql_split.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/script/sql_words.hpp"

namespace support::alembic {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr auto npos = std::string_view::npos;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Every byte beyond ASCII counts as a letter.
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_newline(char c) {
  return c == '\n' || c == '\r';
}

class Splitter {
 public:
  Splitter(std::string_view script, unsigned first_line) : script_(script), first_line_(first_line), line_(first_line) {
    if (script_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
    if (const auto nul = script_.find('\0'); nul != npos) {
      fail(nul, "Line {} holds a zero byte, which PostgreSQL does not take in text; save the file as UTF-8");
    }
  }

  bool find_token() {
    while (at_ < script_.size() && !has_token_) step();
    return has_token_;
  }

  void run() {
    while (at_ < script_.size()) step();
    if (words_.is_inside_body()) {
      fail(words_.body_opened_at(), "The body that BEGIN ATOMIC opens in line {} is not closed by END;");
    }
    if (words_.is_inside_parentheses()) {
      fail(words_.parenthesis_opened_at(), "The parenthesis that is opened in line {} is not closed");
    }
    if (words_.is_copy_from_stdin()) fail(begin_, "COPY … FROM stdin in line {} has no semicolon and no rows after it");
    end_statement();
  }

  std::vector<SqlStatement> statements;
  std::vector<SqlLineComment> comments;

 private:
  bool looking_at(std::string_view text) const { return script_.substr(at_, text.size()) == text; }
  char peek(std::size_t ahead) const { return at_ + ahead < script_.size() ? script_[at_ + ahead] : '\0'; }

  unsigned line_of(std::size_t offset) const {
    return first_line_ + static_cast<unsigned>(std::ranges::count(script_.substr(0, offset), '\n'));
  }

  // As line_of(), for offsets that never go back: linear over the whole script.
  unsigned next_line_of(std::size_t offset) {
    line_ += static_cast<unsigned>(std::ranges::count(script_.substr(counted_, offset - counted_), '\n'));
    counted_ = offset;
    return line_;
  }

  // `sentence` has a place for the line, and for others behind it.
  template <class... Args>
  [[noreturn]] void fail(std::size_t offset, std::string_view sentence, const Args&... args) const {
    const auto line = line_of(offset);
    throw SqlSyntaxError(line, column_of(script_, offset), fmt::format(fmt::runtime(sentence), line, args...));
  }

  void step() {
    const char c = script_[at_];
    if (is_space(c)) {
      ++at_;
    } else if (looking_at("--")) {
      line_comment();
    } else if (looking_at("/*")) {
      block_comment();
    } else if (c == '\\') {
      meta_command();
    } else if (c == ';' && !words_.is_nested()) {
      semicolon();
    } else {
      token(c);
    }
  }

  void line_comment() {
    const auto begin = at_;
    while (at_ < script_.size() && !is_newline(script_[at_])) ++at_;
    comments.push_back({script_.substr(begin, at_ - begin), begin, next_line_of(begin)});
  }

  void block_comment() {
    const auto begin = at_;
    unsigned depth = 0;
    do {
      at_ = script_.find_first_of("/*", at_);
      if (at_ == npos) fail(begin, "The comment that /* opens in line {} is not closed by */");
      if (looking_at("/*")) {
        ++depth;
        at_ += 2;
      } else if (looking_at("*/")) {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0);
  }

  [[noreturn]] void meta_command() const {
    auto end = at_;
    while (end < script_.size() && !is_space(script_[end]) && script_[end] != ';') ++end;
    const auto command = script_.substr(at_, end - at_);
    if (command == "\\.") {
      fail(at_, "Line {} is \\., which ends the rows of COPY … FROM stdin, but no such statement stands before it");
    }
    fail(at_, "{1} in line {0} is a command of psql, not SQL; take it out or write the statement that it stands for",
         command);
  }

  void token(char c) {
    if (!has_token_) {
      has_token_ = true;
      begin_ = at_;
      begin_line_ = next_line_of(at_);
    }
    if (is_letter(c)) {
      word();
    } else if (c == '\'') {
      quoted('\'', Backslash::plain);
      words_.add_other();
    } else if (c == '"') {
      quoted('"', Backslash::plain);
      words_.add_other();
    } else if (c == '$') {
      dollar();
    } else if (is_digit(c)) {
      number();
    } else {
      words_.add_symbol(c, at_);
      ++at_;
    }
    end_ = at_;
  }

  void word() {
    const auto begin = at_;
    while (at_ < script_.size() && (is_letter(script_[at_]) || is_digit(script_[at_]) || script_[at_] == '$')) ++at_;
    const auto text = script_.substr(begin, at_ - begin);
    if (same_word(text, "e") && peek(0) == '\'') {
      quoted('\'', Backslash::escapes);
      words_.add_other();
    } else {
      words_.add_word(text, begin);
    }
  }

  enum class Backslash { plain, escapes };

  // A doubled quote is closed and opened again, which comes to the same.
  void quoted(char quote, Backslash backslash) {
    const auto begin = at_;
    do {
      ++at_;
      close_quote(quote, backslash, begin);
    } while (backslash == Backslash::escapes && reopens());
  }

  void close_quote(char quote, Backslash backslash, std::size_t begin) {
    for (; at_ < script_.size(); ++at_) {
      if (script_[at_] == '\\' && backslash == Backslash::escapes) {
        ++at_;
      } else if (script_[at_] == quote) {
        ++at_;
        return;
      }
    }
    at_ = script_.size();
    fail(begin, quote == '"' ? "The quoted name that begins in line {} is not closed by \""
                             : "The string that begins in line {} is not closed by '");
  }

  // Whether the string goes on: with a doubled quote, or after a line break as the SQL standard has it. What follows is
  // then under the same rules for backslashes.
  bool reopens() {
    if (peek(0) == '\'') return true;
    bool has_newline = false;
    for (auto next = at_; next < script_.size(); ++next) {
      if (script_.substr(next, 2) == "--") {
        next = std::min(script_.find_first_of("\r\n", next), script_.size());
        if (next == script_.size()) return false;
      }
      if (is_newline(script_[next])) {
        has_newline = true;
      } else if (script_[next] == '\'' && has_newline) {
        at_ = next;
        return true;
      } else if (!is_space(script_[next])) {
        return false;
      }
    }
    return false;
  }

  // $1 is a parameter, $tag$ opens a string, a lone $ is nothing.
  void dollar() {
    words_.add_other();
    const auto begin = at_++;
    if (is_digit(peek(0))) {
      while (is_digit(peek(0))) ++at_;
      return;
    }
    auto end = at_;
    while (end < script_.size() && (is_letter(script_[end]) || (end > at_ && is_digit(script_[end])))) ++end;
    if (end == script_.size() || script_[end] != '$') return;
    const auto tag = script_.substr(begin, end + 1 - begin);
    const auto close = script_.find(tag, end + 1);
    if (close == npos) fail(begin, "The string that {1} opens in line {0} is not closed by {1}", tag);
    at_ = close + tag.size();
  }

  // Digits, and letters that stick to them; a dollar quote may follow.
  void number() {
    words_.add_other();
    while (is_digit(peek(0)) || is_letter(peek(0))) ++at_;
  }

  void semicolon() {
    const bool has_rows = words_.is_copy_from_stdin();
    const auto begin = begin_;
    end_statement();
    ++at_;
    if (has_rows) rows(begin);
  }

  void end_statement() {
    if (has_token_) {
      statements.push_back(
          {.text = script_.substr(begin_, end_ - begin_), .line = begin_line_, .copy_data = std::nullopt});
    }
    has_token_ = false;
    words_ = {};
  }

  void rows(std::size_t statement) {
    while (at_ < script_.size() && is_space(script_[at_]) && script_[at_] != '\n') ++at_;
    if (looking_at("--")) at_ = script_.find('\n', at_);
    if (at_ < script_.size() && script_[at_] != '\n') {
      fail(statement,
           "The rows of COPY … FROM stdin in line {} begin on the line after its semicolon; put what follows "
           "the semicolon on a line of its own, after \\.");
    }
    const auto begin = std::min(at_, script_.size() - 1) + 1;
    for (auto line = begin; line < script_.size();) {
      const auto end = std::min(script_.find('\n', line), script_.size());
      const auto text = script_.substr(line, end - line);
      if (text == "\\." || text == "\\.\r") {
        statements.back().copy_data = script_.substr(begin, line - begin);
        at_ = end;
        return;
      }
      line = end + 1;
    }
    fail(statement, "The rows of COPY … FROM stdin in line {} are not closed by a line \\.");
  }

  std::string_view script_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;  // up to here line_ has counted
  unsigned first_line_;
  unsigned line_;

  // The statement that is being read.
  bool has_token_ = false;
  std::size_t begin_ = 0;
  unsigned begin_line_ = 1;
  std::size_t end_ = 0;  // behind its last token
  SqlWords words_;
};

}  // namespace

std::vector<SqlStatement> split_sql(std::string_view script, unsigned first_line) {
  Splitter splitter(script, first_line);
  splitter.run();
  return std::move(splitter.statements);
}

std::vector<SqlLineComment> sql_line_comments(std::string_view script) {
  Splitter splitter(script, 1);
  splitter.run();
  return std::move(splitter.comments);
}

unsigned column_of(std::string_view text, std::size_t offset) {
  auto before = text.substr(0, offset);
  before.remove_prefix(before.rfind('\n') + 1);
  return 1 + static_cast<unsigned>(std::ranges::count_if(
                 before, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool holds_statement(std::string_view script, unsigned first_line) {
  return Splitter(script, first_line).find_token();
}

}  // namespace support::alembic
