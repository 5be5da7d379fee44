#include "tests/support/random_schema/builder.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tests/support/random_schema/expressions.hpp"

namespace support::tests::random_schema {
namespace {

const std::vector<Type> built_in_types = {
    {"smallint", Family::integer},
    {"integer", Family::integer},
    {"integer", Family::integer},
    {"bigint", Family::integer},
    {"numeric", Family::number},
    {"numeric(8,2)", Family::number},
    {"numeric(12,0)", Family::number},
    {"real", Family::number},
    {"double precision", Family::number},
    {"text", Family::text},
    {"text", Family::text},
    {"varchar", Family::text},
    {"varchar(40)", Family::text},
    {"varchar(200)", Family::text},
    {"char(4)", Family::text},
    {"boolean", Family::flag},
    {"boolean", Family::flag},
    {"date", Family::day},
    {"date", Family::day},
    {"timestamp", Family::moment},
    {"timestamptz", Family::moment},
    {"timestamp(3)", Family::moment},
    {"timestamptz(0)", Family::moment},
    {"time", Family::clock},
    {"time(2) with time zone", Family::clock},
    {"interval", Family::interval},
    {"interval day to second", Family::interval},
    {"jsonb", Family::jsonb},
    {"json", Family::json},
    {"uuid", Family::uuid},
    {"bytea", Family::bytes},
    {"inet", Family::network},
    {"cidr", Family::network},
    {"bit(8)", Family::bits},
    {"varbit", Family::bits},
    {"int4range", Family::range},
    {"daterange", Family::range},
    {"tstzrange", Family::range},
    {"tsvector", Family::search},
    {"point", Family::point},
};

const std::vector<std::string> stems = {
    "account", "order",  "invoice", "ticket",  "agent", "queue",  "message", "topic", "product",   "stock",
    "payment", "refund", "branch",  "contact", "event", "note",   "team",    "shift", "report",    "visit",
    "asset",   "policy", "claim",   "file",    "Order", "a name", "select",  "it's",  "say \"x\"", "über"};

const std::vector<std::string> column_names = {"name",  "state", "amount", "created", "due",    "owner",   "kind",
                                               "level", "body",  "ref",    "total",   "active", "place",   "data",
                                               "user",  "Mixed", "a b",    "period",  "tags",   "position"};

const std::vector<std::string> label_words = {"new",  "open",      "held", "done",        "late", "it's",
                                              "a, b", "In Review", "x\"y", "back\\slash", "gone", "paid"};

}  // namespace

std::string Builder::fresh_name() {
  const auto& stem = dice_.pick(stems);
  auto name = stem;
  for (int number = 2; !model_.names.insert(name).second; ++number) name = fmt::format("{}_{}", stem, number);
  return name;
}

std::string Builder::maybe_name() {
  return dice_.chance(60) ? fresh_name() + "_key" : "";
}

std::string Builder::comment() {
  if (!dice_.chance(15)) return "";
  return fmt::format("It's about {} things; \"{}\"", dice_.below(9), dice_.pick(stems));
}

std::string Builder::label() {
  return dice_.pick(label_words);
}

Id Builder::any_schema() {
  return dice_.pick(model_.schemas).id;
}

void Builder::name(Named& object) {
  object.id = model_.next_id();
  object.schema = any_schema();
  object.name = fresh_name();
  object.comment = comment();
}

Type Builder::any_type() {
  Type type = dice_.pick(built_in_types);
  if (dice_.chance(30)) {
    std::vector<Id> users;
    for (const auto& object : model_.enums) users.insert(users.end(), 3, object.id);
    for (const auto& object : model_.domains) users.insert(users.end(), 2, object.id);
    for (const auto& object : model_.composites) users.push_back(object.id);
    for (const auto& object : model_.ranges) users.push_back(object.id);
    if (!users.empty()) type = {"", Family::integer, dice_.pick(users)};
  }
  type.array = dice_.chance(10);
  return type;
}

void Builder::add_schema() {
  static const std::vector<std::string> names = {"app", "audit", "Odd Schema", "billing", "crm"};
  const auto& name = dice_.pick(names);
  if (std::ranges::find(model_.schemas, name, &Schema::name) != model_.schemas.end()) return;
  model_.schemas.push_back({model_.next_id(), name, comment()});
}

void Builder::add_enum() {
  Enum type;
  name(type);
  const int count = dice_.below(5) + 1;
  for (int i = 0; i < count; ++i) {
    if (const auto word = label(); std::ranges::count(type.labels, word) == 0) type.labels.push_back(word);
  }
  model_.enums.push_back(type);
}

void Builder::add_domain() {
  Domain domain;
  name(domain);
  domain.base = any_type();
  domain.not_null = dice_.chance(20);
  domain.collated = dice_.chance(20);
  if (dice_.chance(40)) domain.constant = dice_.below(20);
  for (int i = dice_.below(3); i > 0; --i) {
    domain.checks.push_back({fresh_name(), dice_.below(20), dice_.chance(20)});
  }
  model_.domains.push_back(domain);
}

void Builder::add_composite() {
  Composite type;
  name(type);
  for (int i = dice_.below(3) + 1; i > 0; --i) {
    const auto attribute = dice_.pick(column_names);
    if (std::ranges::find(type.attributes, attribute, &Attribute::name) != type.attributes.end()) continue;
    type.attributes.push_back({attribute, any_type(), comment()});
  }
  model_.composites.push_back(type);
}

void Builder::add_range() {
  static const std::vector<std::string> subtypes = {"double precision", "time", "text", "numeric(6,2)", "inet"};
  Range type;
  name(type);
  type.subtype = dice_.pick(subtypes);
  model_.ranges.push_back(type);
}

std::string Builder::sequence_options() {
  static const std::vector<std::string> options = {"",
                                                   "",
                                                   " INCREMENT BY 5 START WITH 100",
                                                   " AS integer CYCLE",
                                                   " AS smallint MAXVALUE 1000 CACHE 5",
                                                   " INCREMENT BY -1"};
  return dice_.pick(options);
}

void Builder::add_sequence() {
  Sequence sequence;
  name(sequence);
  sequence.options = sequence_options();
  sequence.unlogged = dice_.chance(10);
  if (!model_.tables.empty() && dice_.chance(40)) {
    const auto& table = dice_.pick(model_.tables);
    if (!table.columns.empty()) {
      sequence.owner = dice_.pick(table.columns).id;
      sequence.schema = table.schema;
    }
  }
  model_.sequences.push_back(sequence);
}

// A column's default, identity or generation.
void Builder::fill(Column& column) {
  static constexpr std::array ways = {
      Fill::none,     Fill::none,     Fill::none,   Fill::constant,        Fill::constant,           Fill::constant,
      Fill::function, Fill::sequence, Fill::serial, Fill::identity_always, Fill::identity_by_default};
  column.fill = dice_.pick(ways);
  column.variant = dice_.below(20);
  if (column.fill == Fill::function) column.source = expression_routine(column.type);
  if (column.fill == Fill::sequence && !model_.sequences.empty()) column.source = dice_.pick(model_.sequences).id;
  if (column.source == 0 && (column.fill == Fill::function || column.fill == Fill::sequence)) column.fill = Fill::none;
}

void Builder::decorate(Column& column) {
  static const std::vector<std::string> storages = {"EXTERNAL", "MAIN", "PLAIN"};
  column.comment = comment();
  column.not_null = dice_.chance(25);
  column.collated = dice_.chance(10);
  if (dice_.chance(8)) column.storage = dice_.pick(storages);
  if (dice_.chance(8)) column.compression = "pglz";
  if (dice_.chance(8)) column.statistics = dice_.below(500) + 1;
  if (dice_.chance(5)) column.options = "n_distinct = -0.5";
}

void Builder::add_column(Table& table) {
  Column column;
  column.id = model_.next_id();
  column.name = dice_.pick(column_names);
  const auto taken = model_.columns_of(table.id);
  const auto is_taken = [&](const std::string& name) {
    return std::ranges::any_of(taken, [&](Id id) { return model_.column(id) && model_.column(id)->name == name; }) ||
           std::ranges::find(table.columns, name, &Column::name) != table.columns.end();
  };
  // The number keeps columns of parents and children apart, too.
  if (is_taken(column.name) || table.parent != 0) column.name += fmt::format("_{}", column.id);
  column.type = any_type();
  fill(column);
  decorate(column);
  if (dice_.chance(10) && !table.columns.empty()) {
    column.fill = Fill::generated;
    column.source = dice_.pick(table.columns).id;
    if (!is_generated_from(model_.family_of(column.source))) column.fill = Fill::none;
  }
  table.columns.push_back(column);
}

Id Builder::expression_routine(const Type& type) {
  std::vector<Id> fitting;
  for (const auto& routine : model_.routines) {
    if (takes(model_, routine, type)) fitting.push_back(routine.id);
  }
  return fitting.empty() ? 0 : dice_.pick(fitting);
}

Id Builder::any_relation() {
  std::vector<Id> relations;
  for (const auto& table : model_.tables) relations.push_back(table.id);
  for (const auto& view : model_.views) relations.push_back(view.id);
  return relations.empty() ? 0 : dice_.pick(relations);
}

void Builder::build() {
  model_.schemas.push_back({model_.next_id(), "public", ""});
  for (int i = dice_.below(3) + 1; i > 0; --i) add_schema();
  for (int i = dice_.below(3) + 1; i > 0; --i) add_enum();
  for (int i = dice_.below(3); i > 0; --i) add_domain();
  for (int i = dice_.below(2); i > 0; --i) add_composite();
  if (dice_.chance(30)) add_range();
  for (int i = dice_.below(3); i > 0; --i) add_sequence();
  for (int i = dice_.below(3) + 1; i > 0; --i) add_expression_routine();
  for (int i = dice_.below(2) + 1; i > 0; --i) add_trigger_function();
  for (int i = dice_.below(3); i > 0; --i) add_plain_routine();
  if (dice_.chance(40)) add_aggregate();
  for (int i = dice_.below(4) + 2; i > 0; --i) add_table();
  if (dice_.chance(50)) add_partitioned_table();
  if (dice_.chance(40)) add_child();
  if (dice_.chance(40)) add_sequence();
  for (int i = dice_.below(5); i > 0; --i) dice_.chance(70) ? add_view() : add_reader();
}

}  // namespace support::tests::random_schema
