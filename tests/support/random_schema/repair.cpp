#include "tests/support/random_schema/repair.hpp"

#include <algorithm>
#include <set>

#include "tests/support/random_schema/expressions.hpp"

namespace support::tests::random_schema {
namespace {

void repair_type(const Model& model, Type& type, const std::vector<Family>& refused = {}) {
  if (type.user != 0 && !model.has_type(type.user)) type = {"text", Family::text, 0, type.array};
  if (std::ranges::count(refused, model.family_of(type)) != 0) type = {"text", Family::text};
}

// An object without a schema goes to the first one.
template <class T>
void settle(const Model& model, std::vector<T>& objects) {
  for (auto& object : objects) {
    if (find(model.schemas, object.schema) == nullptr) object.schema = model.schemas.front().id;
  }
}

void repair_schemas(Model& model) {
  settle(model, model.enums);
  settle(model, model.domains);
  settle(model, model.composites);
  settle(model, model.ranges);
  settle(model, model.sequences);
  settle(model, model.routines);
  settle(model, model.tables);
  settle(model, model.views);
  for (auto& table : model.tables) settle(model, table.statistics);
}

void repair_sequences(Model& model) {
  for (auto& sequence : model.sequences) {
    if (sequence.owner == 0) continue;
    const auto* table = model.table_of_column(sequence.owner);
    if (table == nullptr || table->schema != sequence.schema) sequence.owner = 0;
  }
}

// One table's partitions have different bounds.
void repair_partitions(Model& model) {
  std::set<std::pair<Id, int>> taken;
  std::erase_if(model.tables, [&](Table& table) {
    const auto* parent = model.table(table.parent);
    if (!table.is_partition) {
      if (table.parent != 0 && (parent == nullptr || takes_part(*parent))) table.parent = 0;
      return false;
    }
    if (parent == nullptr || parent->strategy == Strategy::none) return true;
    if (parent->strategy == Strategy::hash && table.slot < 0) return true;
    table.columns.clear();
    return table.slot >= bounds(model, *parent) || !taken.insert({table.parent, table.slot}).second;
  });
}

void repair_tables(Model& model) {
  for (auto& table : model.tables) {
    if (table.strategy != Strategy::none) {
      const auto* key = model.column(table.key);
      const auto type = model.type_of(table.key);
      const bool is_good = key != nullptr && contains(model.columns_of(table.id), table.key) && !type.array &&
                           key->fill != Fill::generated && is_partition_key(model.family_of(type), table.strategy) &&
                           (type.user == 0 || find(model.enums, type.user) != nullptr);
      if (!is_good || (table.parent != 0 && !table.is_partition)) table.strategy = Strategy::none;
    }
    if (takes_part(table)) {
      table.unlogged = false;
      table.replica_identity.clear();
      table.replica_index = 0;
      table.cluster_index = 0;
      if (table.strategy != Strategy::none) table.options.clear();
    }
    repair_columns(model, table);
    repair_parts(model, table);
  }
}

}  // namespace

bool contains(const std::vector<Id>& ids, Id id) {
  return std::ranges::find(ids, id) != ids.end();
}

bool contains_all(const std::vector<Id>& ids, const std::vector<Id>& wanted) {
  return std::ranges::all_of(wanted, [&](Id id) { return contains(ids, id); });
}

bool takes_part(const Table& table) {
  return table.is_partition || table.strategy != Strategy::none;
}

void repair_types(Model& model) {
  for (auto& domain : model.domains) {
    repair_type(model, domain.base, {Family::composite, Family::json, Family::point, Family::range, Family::array});
    if (find(model.domains, domain.base.user) != nullptr) domain.base = {"text", Family::text};
    if (model.family_of(domain.base) != Family::text) domain.collated = false;
  }
  for (auto& composite : model.composites) {
    for (auto& attribute : composite.attributes) {
      repair_type(model, attribute.type);
      if (find(model.composites, attribute.type.user) != nullptr) attribute.type = {"text", Family::text};
    }
  }
  for (auto& table : model.tables) {
    for (auto& column : table.columns) repair_type(model, column.type);
  }
}

void repair(Model& model) {
  for (;;) {
    const auto before = model;
    repair_schemas(model);
    repair_types(model);
    repair_partitions(model);
    repair_tables(model);
    repair_sequences(model);
    repair_routines(model);
    repair_views(model);
    if (model == before) return;
  }
}

}  // namespace support::tests::random_schema
