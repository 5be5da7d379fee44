#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "app/database/types.hpp"

namespace support::api {

// JSON (RFC 8259) at the end of a text, for the answers that are made most often: no document in between. Texts are
// UTF-8 already, as the database's are.
void append_json(std::string& out, std::string_view text);
// RFC 3339 in UTC with microseconds, in quotes.
void append_json(std::string& out, database::Timestamp time);

template <std::same_as<bool> Bool>
void append_json(std::string& out, Bool value) {
  out += value ? std::string_view("true") : std::string_view("false");
}

template <std::integral Integer>
requires(!std::same_as<Integer, bool>) void append_json(std::string& out, Integer value) {
  std::array<char, 24> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  static_cast<void>(error);  // 24 characters hold any
  out.append(digits.data(), end);
}

template <class T>
void append_json(std::string& out, const std::optional<T>& value) {
  if (value) {
    append_json(out, *value);
  } else {
    out += "null";
  }
}

// RFC 3339 in UTC with microseconds: 2026-01-18T03:38:38.172294Z.
void append_rfc3339(std::string& out, database::Timestamp time);

// An object, member by member, closed by end(). Names are the program's own and are written as they are.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }

  template <class T>
  JsonObject& member(std::string_view name, const T& value) {
    append_json(name_of(name), value);
    return *this;
  }
  // A value that is JSON already.
  JsonObject& raw(std::string_view name, std::string_view json) {
    name_of(name) += json;
    return *this;
  }
  void end() { out_ += '}'; }

 private:
  std::string& name_of(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
    return out_;
  }

  std::string& out_;
};

}  // namespace support::api
