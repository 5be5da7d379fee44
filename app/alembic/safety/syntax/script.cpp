#include "app/alembic/safety/syntax/script.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace support::alembic::safety {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// Where lines begin, to turn an offset into a line and a column.
class Lines {
 public:
  Lines(std::string_view text, unsigned first) : text_(text), first_(first) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  unsigned line(std::size_t offset) const { return first_ + static_cast<unsigned>(index(offset)); }
  unsigned column(std::size_t offset) const {
    const auto start = starts_[index(offset)];
    const auto end = std::min(offset, text_.size());
    return 1 + static_cast<unsigned>(std::count_if(text_.begin() + static_cast<std::ptrdiff_t>(start),
                                                   text_.begin() + static_cast<std::ptrdiff_t>(end),
                                                   [](char byte) { return (byte & 0xC0) != 0x80; }));
  }

 private:
  std::size_t index(std::size_t offset) const {
    return static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin()) - 1;
  }

  std::string_view text_;
  unsigned first_;
  std::vector<std::size_t> starts_{0};
};

bool is_copy_from_stdin(std::string_view statement) {
  std::string upper;
  std::transform(statement.begin(), statement.end(), std::back_inserter(upper),
                 [](char letter) { return static_cast<char>(std::toupper(static_cast<unsigned char>(letter))); });
  const auto copy = upper.rfind("COPY ");
  const auto from = upper.rfind("STDIN");
  return copy != std::string::npos && from != std::string::npos && copy < from &&
         upper.find(';', from) == std::string::npos;
}

// The rows behind COPY … FROM stdin are no SQL; psql reads them up to a line of "\.". They become blanks, so that
// lines keep their numbers.
void blank_copy_rows(std::string& text) {
  for (std::size_t end = text.find("\n\\."); end != std::string::npos; end = text.find("\n\\.", end + 3)) {
    const auto after = end + 3;
    if (after < text.size() && text[after] != '\n' && text[after] != '\r') continue;
    // The nearest line that closes a COPY is where the rows begin.
    for (auto semicolon = text.rfind(';', end); semicolon != std::string::npos && semicolon > 0;
         semicolon = text.rfind(';', semicolon - 1)) {
      const auto line_end = text.find('\n', semicolon);
      const auto before = text.rfind(';', semicolon - 1);
      const auto start = before == std::string::npos ? 0 : before + 1;
      if (!is_copy_from_stdin(std::string_view(text).substr(start, semicolon - start))) continue;
      for (auto i = line_end; i < after; ++i) {
        if (text[i] != '\n') text[i] = ' ';
      }
      break;
    }
  }
}

// `RULE[, RULE…]: reason`
Allowance parse_allowance(std::string_view text, unsigned line) {
  Allowance allowance{.line = line};
  const auto colon = text.find(':');
  auto rules = text.substr(0, colon);
  if (colon != std::string_view::npos) allowance.reason = trimmed(text.substr(colon + 1));
  while (!rules.empty()) {
    const auto comma = rules.find(',');
    if (const auto rule = trimmed(rules.substr(0, comma)); !rule.empty()) allowance.rules.emplace_back(rule);
    rules.remove_prefix(comma == std::string_view::npos ? rules.size() : comma + 1);
  }
  return allowance;
}

// What follows `-- KEY:` or `/* KEY:`, if the comment says that.
std::optional<std::string_view> said(std::string_view comment, std::string_view key) {
  if (comment.starts_with("/*")) comment = comment.substr(2, comment.size() - (comment.ends_with("*/") ? 4 : 2));
  if (comment.starts_with("--")) comment.remove_prefix(2);
  comment = trimmed(comment);
  if (comment.size() <= key.size() || !same_word(comment.substr(0, key.size()), key)) return std::nullopt;
  comment = trimmed(comment.substr(key.size()));
  if (!comment.starts_with(':')) return std::nullopt;
  return trimmed(comment.substr(1));
}

// Finds where statements end: at a semicolon outside parentheses and outside the body of BEGIN ATOMIC … END.
class Splitter {
 public:
  Splitter(std::string text, std::string_view file, unsigned first_line)
      : text_(std::move(text)), file_(file), lines_(text_, first_line) {}

  Script run() {
    try {
      tokens_ = scan(text_);
      for (std::size_t i = 0; i < tokens_.size(); ++i) take(i);
      finish();
    } catch (const SyntaxError& error) {
      throw ScriptError(file_, lines_.line(error.offset()), lines_.column(error.offset()), error.what());
    }
    return std::move(script_);
  }

 private:
  void take(std::size_t index) {
    const auto& token = tokens_[index];
    if (token.kind == Token::Kind::comment) return take_comment(token);
    if (token.text == ";" && parentheses_ == 0 && bodies_.empty()) return finish();
    if (!first_) first_ = index;
    last_ = index;
    if (token.text == "(") ++parentheses_;
    if (token.text == ")" && parentheses_ > 0) --parentheses_;
    if (token.is("ATOMIC") && index > 0 && tokens_[index - 1].is("BEGIN")) bodies_.push_back(token.begin);
    if (!bodies_.empty() && token.is("CASE")) bodies_.push_back(token.begin);
    if (!bodies_.empty() && token.is("END")) bodies_.pop_back();
  }

  void take_comment(const Token& comment) {
    if (const auto rest = said(comment.text, "ALLOW")) {
      auto allowance = parse_allowance(*rest, lines_.line(comment.begin));
      const bool behind = !first_ && !script_.statements.empty() && allowance.line == last_line_;
      (behind ? script_.statements.back().allowances : allowances_).push_back(std::move(allowance));
    }
    if (!script_.statements.empty() || first_) return;
    if (const auto rest = said(comment.text, "TRANSACTIONAL")) {
      if (same_word(rest->substr(0, 5), "FALSE")) script_.transactional = Script::Transactional::no;
      if (same_word(rest->substr(0, 4), "TRUE")) script_.transactional = Script::Transactional::yes;
    }
  }

  void finish() {
    parentheses_ = 0;
    bodies_.clear();
    if (!first_) return;
    const auto begin = tokens_[*first_].begin;
    const auto end = tokens_[last_].end();
    Statement statement{.sql = text_.substr(begin, end - begin), .line = lines_.line(begin)};
    std::vector<Token> own;
    for (auto i = *first_; i <= last_; ++i) {
      own.push_back({tokens_[i].kind,
                     std::string_view(statement.sql).substr(tokens_[i].begin - begin, tokens_[i].text.size()),
                     tokens_[i].begin - begin});
    }
    try {
      statement.tree = ParseTree::parse(statement.sql, own);
    } catch (const SyntaxError& error) {
      throw SyntaxError(error.what(), begin + error.offset());
    }
    statement.allowances = std::move(allowances_);
    allowances_.clear();
    last_line_ = lines_.line(end);
    script_.statements.push_back(std::move(statement));
    first_.reset();
  }

  std::string text_;
  std::string_view file_;
  Lines lines_;
  std::vector<Token> tokens_;
  Script script_;
  std::optional<std::size_t> first_;
  std::size_t last_ = 0;
  unsigned last_line_ = 0;
  unsigned parentheses_ = 0;
  std::vector<std::size_t> bodies_;
  std::vector<Allowance> allowances_;
};

}  // namespace

ScriptError::ScriptError(std::string_view file, unsigned line, unsigned column, std::string_view message)
    : std::runtime_error(fmt::format("{}:{}:{}: {}", file, line, column, message)), line_(line), column_(column) {}

Script read_script(std::string text, std::string_view file, unsigned first_line) {
  if (text.starts_with("\xEF\xBB\xBF")) text.replace(0, 3, "   ");
  blank_copy_rows(text);
  return Splitter(std::move(text), file, first_line).run();
}

}  // namespace support::alembic::safety
