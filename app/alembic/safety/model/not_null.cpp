#include "app/alembic/safety/model/not_null.hpp"

#include <algorithm>

namespace support::alembic::safety {

namespace {

// Names that differ from migration to migration: what an unseen constraint proves can only be guessed from its own.
bool seems_to_prove(const std::string& constraint, const std::string& column) {
  return constraint.find(column) != std::string::npos || constraint.find("null") != std::string::npos;
}

}  // namespace

bool is_proven_not_null(const Relation* relation, const std::string& column, unsigned server_version, Unseen unseen,
                        const std::vector<std::string>& dropped) {
  if (relation == nullptr) return false;
  if (const auto* known = relation->column(column); known != nullptr && known->not_null) return true;
  if (server_version < 12) return false;
  const auto is_dropped = [&](const std::string& name) {
    return std::find(dropped.begin(), dropped.end(), name) != dropped.end();
  };
  for (const auto& constraint : relation->constraints) {
    const auto& proven = constraint.proves_not_null;
    if (constraint.valid && constraint.enforced && !is_dropped(constraint.name) &&
        std::find(proven.begin(), proven.end(), column) != proven.end()) {
      return true;
    }
  }
  return unseen == Unseen::trusted &&
         std::any_of(relation->validated_unseen.begin(), relation->validated_unseen.end(),
                     [&](const std::string& name) { return !is_dropped(name) && seems_to_prove(name, column); });
}

}  // namespace support::alembic::safety
