#include "app/api/fields.hpp"

#include <algorithm>
#include <limits>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace support::api {
namespace json = boost::json;
namespace {

// RFC 6901: '~' and '/' are escaped in a pointer's segment.
std::string pointer_to(std::string_view name) {
  std::string pointer = "/";
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

std::string joined(std::span<const std::string_view> choices) {
  return fmt::format("{}", fmt::join(choices, ", "));
}

bool is_label_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

bool is_domain(std::string_view domain) {
  if (domain.empty() || domain.size() > 253 || domain.find('.') == std::string_view::npos) return false;
  while (true) {
    const auto dot = domain.find('.');
    const auto label = domain.substr(0, dot);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    if (!std::all_of(label.begin(), label.end(), is_label_character)) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

}  // namespace

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_email(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return false;
  const auto local = text.substr(0, at);
  const bool dots = local.front() != '.' && local.back() != '.' && local.find("..") == std::string_view::npos;
  static constexpr std::string_view special = "!#$%&'*+/=?^_`{|}~.";
  const bool characters = std::all_of(local.begin(), local.end(), [](char c) {
    return is_label_character(c) || special.find(c) != std::string_view::npos;
  });
  return dots && characters && is_domain(text.substr(at + 1));
}

FieldReader::FieldReader(const json::value& body) : object_(body.if_object()) {
  if (object_ == nullptr) errors_.push_back({"", "The body must be a JSON object."});
}

const json::value* FieldReader::find(std::string_view name) {
  known_.emplace(name);
  return object_ == nullptr ? nullptr : object_->if_contains(name);
}

bool FieldReader::has(std::string_view name) const {
  return object_ != nullptr && object_->contains(name);
}

bool FieldReader::is_null(std::string_view name) const {
  const json::value* value = object_ == nullptr ? nullptr : object_->if_contains(name);
  return value != nullptr && value->is_null();
}

void FieldReader::add_error(std::string_view name, std::string detail) {
  known_.emplace(name);
  errors_.push_back({pointer_to(name), std::move(detail)});
}

void FieldReader::missing(std::string_view name) {
  if (object_ != nullptr) add_error(name, "This field is required.");
}

void FieldReader::refuse_null(std::string_view name) {
  if (is_null(name)) add_error(name, "This field can't be null; leave it out to keep its value.");
}

std::optional<std::string> FieldReader::check_text(std::string_view name, const json::value& value, TextLength length) {
  const json::string* text = value.if_string();
  if (text == nullptr) {
    add_error(name, "This field must be a string.");
    return std::nullopt;
  }
  const std::string_view view(text->data(), text->size());
  // PostgreSQL's text can't hold the character NUL (manual, 8.3).
  if (view.find('\0') != std::string_view::npos) {
    add_error(name, "This field must not hold the character U+0000.");
    return std::nullopt;
  }
  const std::size_t count = character_count(view);
  if (count < length.min || count > length.max) {
    add_error(name, fmt::format("This field must have {} to {} characters; it has {}.", length.min, length.max, count));
    return std::nullopt;
  }
  if (length.min > 0 && view.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    add_error(name, "This field must not be blank.");
    return std::nullopt;
  }
  return std::string(view);
}

std::optional<std::string> FieldReader::optional_text(std::string_view name, TextLength length) {
  const json::value* value = find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return check_text(name, *value, length);
}

std::string FieldReader::required_text(std::string_view name, TextLength length) {
  const json::value* value = find(name);
  if (value == nullptr || value->is_null()) {
    missing(name);
    return {};
  }
  return check_text(name, *value, length).value_or(std::string());
}

std::optional<bool> FieldReader::optional_bool(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (const bool* flag = value->if_bool()) return *flag;
  add_error(name, "This field must be true or false.");
  return std::nullopt;
}

std::optional<std::int64_t> FieldReader::optional_integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const json::value* value = find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  const std::int64_t* number = value->if_int64();
  if (number == nullptr || *number < min || *number > max) {
    add_error(name, fmt::format("This field must be a whole number from {} to {}.", min, max));
    return std::nullopt;
  }
  return *number;
}

std::int64_t FieldReader::required_integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const json::value* value = find(name);
  if (value == nullptr || value->is_null()) {
    missing(name);
    return 0;
  }
  return optional_integer(name, min, max).value_or(0);
}

std::optional<std::string> FieldReader::optional_object(std::string_view name, std::size_t max_size) {
  const json::value* value = find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_object()) {
    add_error(name, "This field must be a JSON object.");
    return std::nullopt;
  }
  std::string text = json::serialize(*value);
  if (text.size() > max_size) {
    add_error(name, fmt::format("This field must take at most {} bytes as JSON; it takes {}.", max_size, text.size()));
    return std::nullopt;
  }
  return text;
}

std::optional<std::string> FieldReader::optional_choice(std::string_view name,
                                                        std::span<const std::string_view> choices) {
  const json::value* value = find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  const json::string* text = value->if_string();
  if (text != nullptr && std::find(choices.begin(), choices.end(), std::string_view(*text)) != choices.end()) {
    return std::string(text->data(), text->size());
  }
  add_error(name, fmt::format("This field must be one of {}.", joined(choices)));
  return std::nullopt;
}

std::string FieldReader::required_choice(std::string_view name, std::span<const std::string_view> choices) {
  const json::value* value = find(name);
  if (value == nullptr || value->is_null()) {
    missing(name);
    return {};
  }
  return optional_choice(name, choices).value_or(std::string());
}

std::optional<std::string> FieldReader::optional_email(std::string_view name) {
  auto text = optional_text(name, {.min = 3, .max = 255});
  if (text && !is_email(*text)) {
    add_error(name, "This field must be an e-mail address such as jo@example.co.uk.");
    return std::nullopt;
  }
  return text;
}

std::string FieldReader::required_email(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr || value->is_null()) {
    missing(name);
    return {};
  }
  return optional_email(name).value_or(std::string());
}

void FieldReader::finish() {
  if (object_ != nullptr) {
    for (const auto& member : *object_) {
      const std::string_view name = member.key();
      if (!known_.contains(name)) errors_.push_back({pointer_to(name), "This field is not known here."});
    }
  }
  if (!errors_.empty()) throw http::ProblemError(http::invalid_fields(std::move(errors_)));
}

}  // namespace support::api
