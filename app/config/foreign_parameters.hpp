#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "app/config/database_url.hpp"

namespace support::config {

// What a parameter that is not libpq's means for us.
struct NoEffect {};  // its value is what happens anyway
// `ssl=true`: TLS, by whichever sslmode says so.
struct SslOn {};
struct StatementCacheSize {
  int statements;
};
struct CommandTimeout {
  std::chrono::milliseconds timeout;
};
using Translation = std::variant<NoEffect, Keyword, SslOn, StatementCacheSize, CommandTimeout>;

bool is_foreign_parameter(std::string_view name);

// Translates a parameter of another driver, a newer libpq or a console. Throws DatabaseUrlError, which says what to
// write instead, when the meaning can't be carried over exactly. Precondition: is_foreign_parameter(name).
Translation translate_foreign_parameter(std::string_view name, std::string_view value);

std::span<const std::string_view> foreign_parameter_names();

}  // namespace support::config
