#include "app/alembic/safety/signoff/signoff_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <sstream>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"

namespace support::alembic::safety {

namespace {

constexpr std::string_view list_name = "signoff";

// Reads tables of the file, and says where something is wrong.
class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  SignoffFile read(const toml::table& root) const {
    SignoffFile result;
    refuse_unknown(root, {list_name, "tables"}, "the file");
    if (const auto* list = root.get(list_name)) {
      if (!list->is_array_of_tables()) fail(*list, "'signoff' must be written as [[signoff]], once for each statement");
      for (const auto& entry : *list->as_array()) result.signoffs.push_back(read_signoff(*entry.as_table()));
    }
    if (const auto* tables = root.get("tables")) {
      if (!tables->is_table()) fail(*tables, "'tables' must be written as [tables], with a line for each big table");
      for (const auto& [name, value] : *tables->as_table()) {
        result.tables.emplace(with_schema(std::string(name.str()), value), read_table(name.str(), value));
      }
    }
    return result;
  }

  [[noreturn]] void fail(const toml::source_region& where, std::string_view why) const {
    throw CommandError(fmt::format("{}:{}:{}: {}", file_, where.begin.line, where.begin.column, why));
  }

 private:
  [[noreturn]] void fail(const toml::node& node, std::string_view why) const { fail(node.source(), why); }

  void refuse_unknown(const toml::table& table, std::initializer_list<std::string_view> known,
                      std::string_view what) const {
    for (const auto& [key, value] : table) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      fail(key.source(),
           fmt::format("'{}' is nothing that {} has; it has {}", key.str(), what, fmt::join(known, ", ")));
    }
  }

  std::string text(const toml::table& table, std::string_view key) const {
    const auto* value = table.get(key);
    if (value == nullptr) fail(table, fmt::format("this sign-off has no '{}'", key));
    const auto* string = value->as_string();
    if (string == nullptr) fail(*value, fmt::format("'{}' must be a text in quotes", key));
    if (string->get().find_first_not_of(" \t\r\n") == std::string::npos) {
      fail(*value, fmt::format("'{}' is empty; a sign-off says who reviewed what, when and why", key));
    }
    return string->get();
  }

  Signoff read_signoff(const toml::table& entry) const {
    refuse_unknown(entry, {"sha256", "revision", "statement", "relation", "by", "at", "reason"}, "a sign-off");
    Signoff signoff{.sha256 = text(entry, "sha256"),
                    .revision = text(entry, "revision"),
                    .statement = text(entry, "statement"),
                    .relation = text(entry, "relation"),
                    .by = text(entry, "by"),
                    .at = {},
                    .reason = text(entry, "reason")};
    const auto is_digit = [](unsigned char letter) { return std::isxdigit(letter) != 0 && std::isupper(letter) == 0; };
    if (signoff.sha256.size() != 64 || !std::all_of(signoff.sha256.begin(), signoff.sha256.end(), is_digit)) {
      fail(*entry.get("sha256"), "'sha256' must be 64 hexadecimal digits in small letters");
    }
    const auto* at = entry.get("at");
    const auto* time = at == nullptr ? nullptr : at->as_date_time();
    if (time == nullptr || !time->get().offset) {
      fail(at == nullptr ? entry : *at,
           "a sign-off has 'at', a date and time with an offset and without quotes, such as 2026-01-31T09:30:00Z");
    }
    std::ostringstream out;
    out << time->get();
    signoff.at = out.str();
    return signoff;
  }

  std::string with_schema(std::string name, const toml::node& value) const {
    if (name.empty()) fail(value, "a table needs a name, such as \"public.messages\"");
    return name.find('.') == std::string::npos ? "public." + name : name;
  }

  DeclaredTable read_table(std::string_view name, const toml::node& value) const {
    const auto* table = value.as_table();
    const auto wanted =
        fmt::format("{} must say how big it is: {{ rows = 250_000_000 }}, {{ size = \"80GiB\" }}, or both", name);
    if (table == nullptr || table->empty()) fail(value, wanted);
    refuse_unknown(*table, {"rows", "size"}, name);
    DeclaredTable declared;
    if (const auto* rows = table->get("rows")) {
      const auto number = rows->value_exact<std::int64_t>();
      if (!number || *number < 0) fail(*rows, "'rows' must be a whole number");
      declared.rows = static_cast<double>(*number);
    }
    if (const auto* size = table->get("size")) declared.bytes = read_size(*size);
    return declared;
  }

  std::uint64_t read_size(const toml::node& value) const {
    constexpr std::array<std::pair<std::string_view, std::uint64_t>, 3> units{
        {{"GiB", 1ULL << 30}, {"TiB", 1ULL << 40}, {"MiB", 1ULL << 20}}};
    const auto text = value.value_exact<std::string>().value_or("");
    for (const auto& [unit, bytes] : units) {
      if (!text.ends_with(unit)) continue;
      const auto digits = text.substr(0, text.find_last_not_of(' ', text.size() - unit.size() - 1) + 1);
      const bool is_number = !digits.empty() && digits.size() <= 7 &&
                             std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
      if (is_number) return std::stoull(digits) * bytes;
    }
    fail(value, "'size' must be a whole number with MiB, GiB or TiB, such as \"80GiB\"");
  }

  std::string_view file_;
};

std::string quoted_toml(const std::string& text) {
  std::ostringstream out;
  out << toml::value<std::string>(text);
  return out.str();
}

}  // namespace

bool SignoffFile::covers(std::string_view sha256, std::string_view revision) const {
  return std::any_of(signoffs.begin(), signoffs.end(), [&](const Signoff& signoff) {
    return signoff.sha256 == sha256 && (revision.empty() || signoff.revision == revision);
  });
}

SignoffFile parse_signoffs(std::string_view text, std::string_view file) {
  const Reader reader(file);
  try {
    return reader.read(toml::parse(text));
  } catch (const toml::parse_error& error) {
    reader.fail(error.source(), error.description());
  }
}

std::string add_signoffs(std::string text, const std::vector<Signoff>& entries) {
  if (!text.empty() && text.back() != '\n') text += '\n';
  for (const auto& entry : entries) {
    text += fmt::format(
        "\n[[{}]]\nsha256 = {}\nrevision = {}\nstatement = {}\nrelation = {}\nby = {}\nat = {}\nreason = {}\n",
        list_name, quoted_toml(entry.sha256), quoted_toml(entry.revision), quoted_toml(entry.statement),
        quoted_toml(entry.relation), quoted_toml(entry.by), entry.at, quoted_toml(entry.reason));
  }
  return text;
}

}  // namespace support::alembic::safety
