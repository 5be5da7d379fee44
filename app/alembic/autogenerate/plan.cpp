#include "app/alembic/autogenerate/plan.hpp"

#include <algorithm>
#include <utility>

#include "app/alembic/autogenerate/kept_objects.hpp"
#include "app/alembic/autogenerate/planner.hpp"
#include "app/alembic/autogenerate/redundant_defaults.hpp"

namespace support::alembic::autogenerate {
namespace {

std::string name_of(const Object& object, const std::string& otherwise) {
  if (const auto* constraint = std::get_if<Constraint>(&object)) return constraint->name;
  if (const auto* index = std::get_if<Index>(&object)) return index->name;
  return otherwise;
}

// The same differences seen from the other side.
std::vector<Difference> inverted(std::vector<Difference> differences) {
  for (auto& difference : differences) {
    if (difference.change != Change::changed) {
      difference.change = difference.change == Change::added ? Change::removed : Change::added;
    }
    difference.name = name_of(difference.before, difference.name);
    std::swap(difference.before, difference.after);
    for (auto& attribute : difference.attributes) std::swap(attribute.before, attribute.after);
  }
  // Tables that refer to others come after them where they are added, and before them where they are removed.
  std::ranges::reverse(differences);
  return differences;
}

}  // namespace

Plan plan(const CatalogSnapshot& before, const CatalogSnapshot& after, const CompareOptions& options) {
  if (compare(before, after, options).empty()) return {};
  auto wanted = after;
  if (!options.compare_access) take_rights(before, wanted);
  auto differences = compare(before, wanted, options);
  const auto reached = with_kept_objects(before, wanted, differences, options);
  Plan result;
  const auto steps = [&](const CatalogSnapshot& from, const CatalogSnapshot& to, const std::vector<Difference>& found) {
    return without_redundant_defaults(Planner(from, to, found, options).run());
  };
  result.upgrade = steps(before, reached, differences);
  result.downgrade = steps(reached, before, inverted(std::move(differences)));
  return result;
}

}  // namespace support::alembic::autogenerate
