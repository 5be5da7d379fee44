#include "app/alembic/autogenerate/option_changes.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "app/alembic/autogenerate/sql_pieces.hpp"

namespace support::alembic::autogenerate {

void add_option_changes(const std::string& alter, const Texts& before, const Texts& after, OperationList& operations) {
  const auto name_of = [](const std::string& option) { return option.substr(0, option.find('=')); };
  std::string gone;
  for (const auto& option : before) {
    const bool stays = std::ranges::any_of(after, [&](const auto& other) { return name_of(other) == name_of(option); });
    if (!stays) gone += (gone.empty() ? "" : ", ") + name_of(option);
  }
  if (!gone.empty()) operations.push_back(Execute{fmt::format("{} RESET ({})", alter, gone)});
  Texts set;
  std::ranges::set_difference(after, before, std::back_inserter(set));
  if (!set.empty()) operations.push_back(Execute{fmt::format("{} SET ({})", alter, parameter_list(set))});
}

}  // namespace support::alembic::autogenerate
