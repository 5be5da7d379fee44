#include "app/alembic/script/sql_header.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/text.hpp"

namespace support::alembic {

namespace {

constexpr std::array<std::string_view, 6> keys = {"revision",   "down_revision", "branch_labels",
                                                  "depends_on", "create_date",   "transactional"};
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view illegal_in_ids = "+-:@";
constexpr std::size_t usual_lines = 12;

struct Line {
  unsigned number = 0;
  bool is_comment = false;
  std::string_view text;  // behind the dashes

  bool is_blank() const { return trimmed(text).empty(); }
};

struct Entry {
  std::string_view key;
  std::string_view value;
};

std::string_view without_remark(std::string_view value) {
  value = trimmed(value);
  if (!value.ends_with(')')) return value;
  const auto open = value.find('(');
  if (open == 0) return {};
  return value[open - 1] == ' ' || value[open - 1] == '\t' ? trimmed(value.substr(0, open)) : value;
}

// "key: value", the key being one word.
std::optional<Entry> entry_of(const Line& line) {
  const auto text = trimmed(line.text);
  const auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos) return std::nullopt;
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  if (!std::ranges::all_of(text.substr(0, colon), is_word)) return std::nullopt;
  return Entry{text.substr(0, colon), without_remark(text.substr(colon + 1))};
}

bool is_known(const std::optional<Entry>& entry) {
  return entry && std::ranges::find(keys, entry->key) != keys.end();
}

class HeaderReader {
 public:
  explicit HeaderReader(std::string_view path) : path_(path) {}

  SqlHeader read(std::string_view text) {
    split(text);
    const auto known = std::ranges::find_if(lines_, [](const Line& line) { return is_known(entry_of(line)); });
    if (known == lines_.end()) {
      fail(1,
           "The file does not begin with a header; it needs a line `-- revision: <identifier>` above `-- "
           "migrate:upgrade`");
    }
    // The block of keys begins after the blank line above the first of them.
    auto begin = known;
    while (begin != lines_.begin() && !std::prev(begin)->is_blank()) --begin;
    const bool has_message_above =
        std::any_of(lines_.begin(), begin, [](const Line& line) { return !line.is_blank(); });
    for (; begin != known; ++begin) {
      if (has_message_above || entry_of(*begin)) fail_malformed(*begin);
    }
    read_message({lines_.begin(), known});
    read_keys({known, lines_.end()});
    if (header_.declared.revision.empty()) {
      fail(std::max(header_.lines.revision, 1U),
           "The header names no revision; add the line `-- revision: <identifier>`");
    }
    return std::move(header_);
  }

 private:
  using Lines = std::vector<Line>;

  [[noreturn]] void fail(unsigned line, std::string_view sentence) const {
    throw CommandError(fmt::format("{}:{}: {}", path_, line, sentence));
  }

  [[noreturn]] void fail_malformed(const Line& line) const {
    const auto entry = entry_of(line);
    if (entry && !is_known(entry)) {
      fail(line.number,
           fmt::format("The header has an unknown key '{}'; the keys are {}", entry->key, fmt::join(keys, ", ")));
    }
    fail(line.number,
         fmt::format("The header line '{}' is malformed; write `-- key: value`, and a line `--` between the "
                     "message and the keys",
                     trimmed(line.text)));
  }

  void split(std::string_view text) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    lines_.reserve(usual_lines);
    unsigned number = 0;
    for (auto rest = std::optional(text); rest;) {
      const auto end = rest->find('\n');
      const auto line = trimmed(rest->substr(0, end));
      rest = end == std::string_view::npos ? std::nullopt : std::optional(rest->substr(end + 1));
      ++number;
      if (!line.empty() && !line.starts_with("--")) {
        fail(number, fmt::format("'{}' stands above `-- migrate:upgrade`; only comments may, so move it below", line));
      }
      lines_.push_back({number, !line.empty(), line.empty() ? line : line.substr(2)});
    }
  }

  void read_message(std::span<const Line> lines) {
    std::string message;
    for (const auto& line : lines) {
      auto text = line.text;
      if (text.starts_with(' ')) text.remove_prefix(1);
      message += text;
      message += '\n';
    }
    header_.message = trimmed(message);
  }

  // Up to the first line that is no comment; further comments are the author's business.
  void read_keys(std::span<const Line> lines) {
    auto line = lines.begin();
    for (; line != lines.end() && line->is_comment; ++line) {
      if (line->is_blank()) continue;
      const auto entry = entry_of(*line);
      if (!is_known(entry)) fail_malformed(*line);
      read_key(*entry, line->number);
    }
    for (; line != lines.end(); ++line) {
      if (!is_known(entry_of(*line))) continue;
      fail(line->number,
           fmt::format("'{}' stands outside of the header; move it up to the other keys", trimmed(line->text)));
    }
  }

  void read_key(const Entry& entry, unsigned line) {
    if (std::ranges::find(seen_, entry.key) != seen_.end()) {
      fail(line, fmt::format("The header names '{}' twice; keep one of the lines", entry.key));
    }
    seen_.push_back(entry.key);
    auto& declared = header_.declared;
    if (entry.key == "revision") {
      declared.revision = identifier(entry.value, line);
      header_.lines.revision = line;
    } else if (entry.key == "down_revision") {
      declared.down_revisions = split_at_commas(entry.value);
      header_.lines.down_revision = line;
    } else if (entry.key == "branch_labels") {
      declared.branch_labels = split_at_commas(entry.value);
    } else if (entry.key == "depends_on") {
      declared.depends_on = split_at_commas(entry.value);
      header_.lines.depends_on = line;
    } else if (entry.key == "create_date") {
      header_.create_date = entry.value;
    } else {
      header_.transactional = boolean(entry.value, line);
    }
  }

  std::string identifier(std::string_view value, unsigned line) const {
    if (value.find_first_of(", \t") != std::string_view::npos) {
      fail(line, fmt::format("The revision identifier '{}' is not one word; a file holds one revision", value));
    }
    if (const auto at = value.find_first_of(illegal_in_ids); at != std::string_view::npos) {
      fail(line, fmt::format("Character(s) '{}' not allowed in revision identifier '{}'", value[at], value));
    }
    return std::string(value);
  }

  bool boolean(std::string_view value, unsigned line) const {
    if (value == "true") return true;
    if (value == "false") return false;
    fail(line, fmt::format("transactional is '{}'; it must be true or false", value));
  }

  std::string_view path_;
  Lines lines_;
  std::vector<std::string_view> seen_;
  SqlHeader header_;
};

}  // namespace

SqlHeader parse_sql_header(std::string_view text, std::string_view path) {
  return HeaderReader(path).read(text);
}

std::string longdoc_of(const SqlHeader& header) {
  auto longdoc = header.message + "\n\nRevision ID: " + header.declared.revision +
                 "\nRevises: " + comma_separated(header.declared.down_revisions);
  if (!header.create_date.empty()) longdoc += "\nCreate Date: " + header.create_date;
  return longdoc;
}

}  // namespace support::alembic
