#include "app/alembic/operations/run_context.hpp"

#include <ranges>

namespace support::alembic {

std::optional<std::string> RunContext::x_argument(const std::string& key) const {
  for (const auto& argument : std::views::reverse(x_arguments)) {
    const auto equals = argument.find('=');
    if (argument.substr(0, equals) != key) continue;
    return equals == std::string::npos ? "" : argument.substr(equals + 1);
  }
  return std::nullopt;
}

}  // namespace support::alembic
