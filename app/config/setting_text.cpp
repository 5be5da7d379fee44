#include "app/config/setting_text.hpp"

#include <arpa/inet.h>

#include <array>
#include <type_traits>

#include <fmt/format.h>

#include "app/config/ascii.hpp"
#include "app/config/origins.hpp"
#include "app/config/text_values.hpp"

namespace support::config {
namespace {

template <typename E>
struct Word {
  std::string_view text;
  E value;
};

constexpr auto words_of(Environment) {
  return std::to_array<Word<Environment>>({{"development", Environment::development},
                                           {"staging", Environment::staging},
                                           {"production", Environment::production},
                                           {"test", Environment::test}});
}
constexpr auto words_of(LogFormat) {
  return std::to_array<Word<LogFormat>>({{"text", LogFormat::text}, {"json", LogFormat::json}});
}
constexpr auto words_of(LogLevel) {
  return std::to_array<Word<LogLevel>>({{"trace", LogLevel::trace},
                                        {"debug", LogLevel::debug},
                                        {"info", LogLevel::info},
                                        {"warning", LogLevel::warning},
                                        {"error", LogLevel::error},
                                        {"critical", LogLevel::critical},
                                        {"off", LogLevel::off}});
}

template <typename E>
std::string words_text() {
  std::vector<std::string_view> texts;
  for (const auto& word : words_of(E{})) texts.push_back(word.text);
  const std::string_view last = texts.back();
  texts.pop_back();
  return fmt::format("{} or {}", fmt::join(texts, ", "), last);
}

struct Unit {
  std::string_view name;
  std::int64_t scale;
};
constexpr auto duration_units = std::to_array<Unit>({{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}});
constexpr auto size_units = std::to_array<Unit>(
    {{"KiB", 1024}, {"k", 1024}, {"MiB", 1048576}, {"M", 1048576}, {"GiB", 1073741824}, {"G", 1073741824}});

// A number with an optional unit; `plain_scale` counts without one.
template <std::size_t N>
std::optional<std::int64_t> read_with_unit(std::string_view text, const std::array<Unit, N>& units,
                                           std::int64_t plain_scale) {
  const auto end = text.find_first_not_of("0123456789.");
  const std::string_view number = text.substr(0, end);
  const std::string_view unit = end == std::string_view::npos ? std::string_view() : trim(text.substr(end));
  if (unit.empty()) return parse_scaled(number, plain_scale);
  for (const Unit& known : units) {
    if (equal_ignoring_case(known.name, unit)) return parse_scaled(number, known.scale);
  }
  return std::nullopt;
}

bool within(std::int64_t value, Range range) {
  return value >= range.least && value <= range.most;
}

std::string size_text(std::uint64_t bytes) {
  if (bytes > 0 && bytes % 1073741824 == 0) return fmt::format("{}GiB", bytes / 1073741824);
  if (bytes > 0 && bytes % 1048576 == 0) return fmt::format("{}MiB", bytes / 1048576);
  if (bytes > 0 && bytes % 1024 == 0) return fmt::format("{}KiB", bytes / 1024);
  return std::to_string(bytes);
}

// make_address() takes what inet_pton() takes; "localhost" is what people write.
std::optional<std::string> address_of(std::string_view text) {
  if (equal_ignoring_case(text, "localhost")) return "127.0.0.1";
  const std::string address(text);
  std::array<unsigned char, sizeof(in6_addr)> buffer{};
  const bool known = inet_pton(AF_INET, address.c_str(), buffer.data()) == 1 ||
                     inet_pton(AF_INET6, address.c_str(), buffer.data()) == 1;
  return known ? std::optional(address) : std::nullopt;
}

// True when the text was read into `out`.
struct Read {
  const Setting& setting;
  std::string_view text;

  bool operator()(std::string& out) const {
    if (setting.name == "HTTP_HOST") {
      const auto address = address_of(text);
      if (address) out = *address;
      return address.has_value();
    }
    if (setting.name == "SECRET_KEY" && text.size() < shortest_secret_key) return false;
    if (text.find('\0') != std::string_view::npos) return false;
    out = text;
    return true;
  }
  bool operator()(bool& out) const {
    const auto value = parse_boolean(text);
    if (value) out = *value;
    return value.has_value();
  }
  bool operator()(std::int64_t& out) const {
    const auto value = parse_whole(text);
    if (!value || !within(*value, setting.range)) return false;
    out = *value;
    return true;
  }
  bool operator()(Duration& out) const {
    const auto milliseconds = read_with_unit(text, duration_units, 1000);
    if (!milliseconds || !within(*milliseconds, setting.range)) return false;
    out = Duration(*milliseconds);
    return true;
  }
  bool operator()(std::optional<Duration>& out) const {
    if (text == "-1") {
      out.reset();
      return true;
    }
    Duration value{};
    if (!(*this)(value)) return false;
    out = value;
    return true;
  }
  bool operator()(ByteSize& out) const {
    const auto bytes = read_with_unit(text, size_units, 1);
    if (!bytes || !within(*bytes, setting.range)) return false;
    out.bytes = static_cast<std::uint64_t>(*bytes);
    return true;
  }
  template <typename E>
  requires std::is_enum_v<E>
  bool operator()(E& out) const {
    for (const auto& word : words_of(E{})) {
      if (!equal_ignoring_case(word.text, text)) continue;
      out = word.value;
      return true;
    }
    return false;
  }
};

struct Write {
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(Duration value) const { return duration_text(value); }
  std::string operator()(const std::optional<Duration>& value) const { return value ? duration_text(*value) : "-1"; }
  std::string operator()(ByteSize value) const { return size_text(value.bytes); }
  std::string operator()(const std::optional<DatabaseUrl>& value) const {
    return value ? value->text(Password::mask) : "";
  }
  std::string operator()(const std::vector<std::string>& value) const { return write_origins(value); }
  template <typename E>
  requires std::is_enum_v<E> std::string operator()(E value) const {
    for (const auto& word : words_of(E{})) {
      if (word.value == value) return std::string(word.text);
    }
    return {};
  }
};

struct Allowed {
  Range range;

  std::string operator()(std::string SettingsValues::*) const { return "any text that is not empty"; }
  std::string operator()(bool SettingsValues::*) const { return "true or false"; }
  std::string operator()(std::int64_t SettingsValues::*) const {
    return fmt::format("a whole number from {} to {}", range.least, range.most);
  }
  std::string operator()(Duration SettingsValues::*) const {
    return fmt::format("{} to {}, in seconds or with ms, s, m or h", duration_text(Duration(range.least)),
                       duration_text(Duration(range.most)));
  }
  std::string operator()(std::optional<Duration> SettingsValues::*) const {
    return (*this)(static_cast<Duration SettingsValues::*>(nullptr));
  }
  std::string operator()(ByteSize SettingsValues::*) const {
    return fmt::format("{} to {}, in bytes or with k, KiB, M, MiB, G or GiB",
                       size_text(static_cast<std::uint64_t>(range.least)),
                       size_text(static_cast<std::uint64_t>(range.most)));
  }
  std::string operator()(std::optional<DatabaseUrl> SettingsValues::*) const { return "a PostgreSQL URL"; }
  std::string operator()(std::vector<std::string> SettingsValues::*) const { return "a JSON list"; }
  template <typename E>
  requires std::is_enum_v<E> std::string operator()(E SettingsValues::*) const { return words_text<E>(); }
};

}  // namespace

std::optional<std::string> read_setting(const Setting& setting, std::string_view text, SettingsValues& values) {
  if (text.empty() && setting.empty == Empty::refused) {
    return fmt::format("is empty; allowed is {}. Leave it out for the default.", allowed_text(setting));
  }
  if (const auto* member = std::get_if<std::optional<DatabaseUrl> SettingsValues::*>(&setting.member)) {
    try {
      values.*(*member) = DatabaseUrl::parse(text);
      return std::nullopt;
    } catch (const DatabaseUrlError& error) {
      return fmt::format("can't be used: {}", error.what());
    }
  }
  if (const auto* member = std::get_if<std::vector<std::string> SettingsValues::*>(&setting.member)) {
    auto [origins, problem] = read_origins(text);
    values.*(*member) = std::move(origins);
    if (problem.empty()) return std::nullopt;
    return fmt::format("{}; allowed is {}.", problem, allowed_text(setting));
  }
  const Read read{setting, text};
  const bool done = std::visit(
      [&](auto member) {
        using Value = std::remove_reference_t<decltype(values.*member)>;
        if constexpr (requires(Value & value) { read(value); }) return read(values.*member);
        return false;
      },
      setting.member);
  if (done) return std::nullopt;
  if (setting.secrecy == Secrecy::secret) {
    return fmt::format("is *** ({} characters); allowed is {}.", text.size(), allowed_text(setting));
  }
  return fmt::format("is '{}'; allowed is {}.", printable(text), allowed_text(setting));
}

std::string setting_value_text(const Setting& setting, const SettingsValues& values) {
  const bool masks_itself = std::holds_alternative<std::optional<DatabaseUrl> SettingsValues::*>(setting.member);
  if (setting.secrecy == Secrecy::secret && !masks_itself) return "***";
  return std::visit([&](auto member) { return Write{}(values.*member); }, setting.member);
}

std::string allowed_text(const Setting& setting) {
  std::string text(setting.allowed);
  if (text.empty()) text = std::visit(Allowed{setting.range}, setting.member);
  return setting.special.empty() ? text : fmt::format("{} ({})", text, setting.special);
}

std::string duration_text(Duration duration) {
  const std::int64_t count = duration.count();
  if (count == 0) return "0s";
  if (count % 3'600'000 == 0) return fmt::format("{}h", count / 3'600'000);
  if (count % 60'000 == 0) return fmt::format("{}m", count / 60'000);
  if (count % 1000 == 0) return fmt::format("{}s", count / 1000);
  if (count < 1000) return fmt::format("{}ms", count);
  std::string decimals = fmt::format("{:03}", count % 1000);
  while (decimals.ends_with('0')) decimals.pop_back();
  return fmt::format("{}.{}s", count / 1000, decimals);
}

}  // namespace support::config
