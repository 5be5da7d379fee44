#include "app/alembic/autogenerate/source_members.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace support::alembic::autogenerate {

SourceNode number_node(std::int64_t number) {
  if (number == std::numeric_limits<std::int64_t>::min()) return code(fmt::format("{} - 1", number + 1));
  return code(fmt::to_string(number));
}

SourceNode number_node(double number) {
  if (std::isnan(number)) return code("std::numeric_limits<double>::quiet_NaN()");
  if (std::isinf(number)) return code(fmt::format("{}std::numeric_limits<double>::infinity()", number < 0 ? "-" : ""));
  auto digits = fmt::format("{}", number);
  if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
  return code(std::move(digits));
}

SourceNode flag_node(bool flag) {
  return code(flag ? "true" : "false");
}

SourceNode texts_node(const std::vector<std::string>& texts) {
  SourceNodes nodes;
  for (const auto& text : texts) nodes.push_back(text_node(text));
  return list(std::move(nodes));
}

SourceNode pairs_node(const std::vector<std::pair<std::string, std::string>>& pairs) {
  SourceNodes nodes;
  for (const auto& [first, second] : pairs) nodes.push_back(list({text_node(first), text_node(second)}));
  return list(std::move(nodes));
}

}  // namespace support::alembic::autogenerate
