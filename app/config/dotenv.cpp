#include "app/config/dotenv.hpp"

#include <fmt/format.h>

#include "app/config/ascii.hpp"

namespace support::config {
namespace {

bool is_name_character(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  DotenvFile parse() {
    while (!rest_.empty()) parse_line();
    return std::move(file_);
  }

 private:
  void parse_line() {
    skip_blanks();
    if (rest_.empty() || at_line_end() || rest_.front() == '#') return skip_line();
    if (rest_.starts_with("export") && rest_.size() > 6 && (rest_[6] == ' ' || rest_[6] == '\t')) {
      rest_.remove_prefix(6);
      skip_blanks();
    }
    DotenvEntry entry{.line = line_};
    while (!rest_.empty() && is_name_character(rest_.front())) entry.name += take();
    skip_blanks();
    if (entry.name.empty() || is_digit(entry.name.front()) || rest_.empty() || rest_.front() != '=') {
      return refuse_line(entry.line, "is no NAME=value, comment or blank line");
    }
    take();
    skip_blanks();
    if (read_value(entry)) file_.entries.push_back(std::move(entry));
  }

  bool read_value(DotenvEntry& entry) {
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '\'' && quote != '"') {
      read_plain(entry);
      return true;
    }
    take();
    if (!read_quoted(entry, quote)) {
      refuse_line(entry.line, "opens a quote that nothing closes");
      return false;
    }
    skip_blanks();
    if (!rest_.empty() && !at_line_end() && rest_.front() != '#') {
      refuse_line(entry.line,
                  "goes on after the closing quote; write a quote inside the value with a backslash before it");
      return false;
    }
    skip_line();
    return true;
  }

  void read_plain(DotenvEntry& entry) {
    const std::string_view line = rest_.substr(0, rest_.find('\n'));
    std::string_view value = line;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const bool comment = line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t');
      if (!comment) continue;
      value = line.substr(0, i);
      break;
    }
    if (value.ends_with('\r')) value.remove_suffix(1);
    entry.value = trim(value);
    entry.expands = entry.value.find("${") != std::string::npos;
    skip_line();
  }

  bool read_quoted(DotenvEntry& entry, char quote) {
    while (!rest_.empty()) {
      const char c = take();
      if (c == quote) return true;
      if (c == '\r' && rest_.starts_with('\n')) continue;
      if (c == '$' && quote == '"' && rest_.starts_with('{')) entry.expands = true;
      if (c != '\\' || rest_.empty()) {
        entry.value += c;
        continue;
      }
      entry.value += escaped(quote);
    }
    return false;
  }

  // After a backslash. One that escapes nothing stands for itself.
  std::string escaped(char quote) {
    const std::string_view escapes = quote == '"' ? "\"\\$nrt" : "'\\";
    const std::string_view meanings = quote == '"' ? "\"\\$\n\r\t" : "'\\";
    const auto at = escapes.find(rest_.front());
    if (at == std::string_view::npos) return "\\";
    take();
    return std::string(1, meanings[at]);
  }

  void refuse_line(std::size_t line, std::string_view what) {
    file_.problems.push_back(fmt::format("Line {} {}.", line, what));
    skip_line();
  }

  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '\n') ++line_;
    return c;
  }
  bool at_line_end() const { return rest_.starts_with('\n') || rest_.starts_with("\r\n"); }
  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) take();
  }
  void skip_line() {
    while (!rest_.empty() && take() != '\n') {
    }
  }

  std::string_view rest_;
  std::size_t line_ = 1;
  DotenvFile file_;
};

}  // namespace

DotenvFile parse_dotenv(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace support::config
