#include <fmt/format.h>

#include "app/alembic/autogenerate/definition_cursor.hpp"
#include "app/alembic/autogenerate/object_comments.hpp"
#include "app/alembic/autogenerate/type_names.hpp"
#include "app/schema/quoting.hpp"
#include "app/schema/sql_text.hpp"

namespace support::alembic::autogenerate {
namespace {

std::string name_of_sequence(const Sequence& sequence) {
  return schema::qualified_name(sequence.name, sequence.schema);
}

std::string commented(const Sequence& sequence) {
  return "SEQUENCE " + name_of_sequence(sequence);
}

// What a sequence counts through when nothing is said but its type and its step.
SequenceOptions usual_options(const std::string& type, std::int64_t increment) {
  SequenceOptions options{.type = type, .increment = increment};
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  if (type == "integer") {
    least = std::numeric_limits<std::int32_t>::min();
    options.maximum = std::numeric_limits<std::int32_t>::max();
  } else if (type == "smallint") {
    least = std::numeric_limits<std::int16_t>::min();
    options.maximum = std::numeric_limits<std::int16_t>::max();
  }
  if (increment < 0) {
    options.minimum = least;
    options.maximum = -1;
  }
  options.start = increment > 0 ? options.minimum : options.maximum;
  return options;
}

// Absent for what is as `other` has it.
template <class T>
std::optional<T> unless_same(const T& value, const T& other) {
  return value == other ? std::nullopt : std::optional(value);
}

schema::Persistence persistence_of(const Sequence& sequence) {
  return sequence.persistence == Persistence::unlogged ? schema::Persistence::unlogged : schema::Persistence::permanent;
}

// "app.t.c"
std::optional<schema::OwnerColumn> owner_of(const Sequence& sequence) {
  if (sequence.owned_by.empty()) return std::nullopt;
  DefinitionCursor cursor(sequence.owned_by);
  auto [schema_name, table] = cursor.qualified_name();
  cursor.take(".");
  return schema::OwnerColumn{.table = std::move(table), .column = cursor.name(), .schema = std::move(schema_name)};
}

schema::Sequence sequence_of(const Sequence& sequence) {
  const auto& options = sequence.options;
  auto usual = usual_options(options.type, options.increment);
  schema::Sequence result(sequence.name);
  if (options.type != SequenceOptions().type) result.type = type_named(options.type);
  result.increment = unless_same(options.increment, std::int64_t{1});
  result.minvalue = unless_same(options.minimum, usual.minimum);
  result.maxvalue = unless_same(options.maximum, usual.maximum);
  usual.start = options.increment > 0 ? options.minimum : options.maximum;
  result.start = unless_same(options.start, usual.start);
  result.cache = unless_same(options.cache, usual.cache);
  result.cycle = unless_same(options.cycle, usual.cycle);
  result.persistence = persistence_of(sequence);
  result.schema = sequence.schema;
  return result;
}

AlterSequence alteration(const Sequence& sequence) {
  AlterSequence alter;
  alter.sequence = sequence.name;
  alter.schema = sequence.schema;
  return alter;
}

// A new type moves bounds that are those of the old one, so both are said with it.
AlterSequence options_changed(const Sequence& before, const Sequence& after) {
  auto alter = alteration(after);
  const auto& old_options = before.options;
  const auto& options = after.options;
  const bool other_type = old_options.type != options.type;
  if (other_type) alter.type = type_named(options.type);
  alter.start = unless_same(options.start, old_options.start);
  alter.increment = unless_same(options.increment, old_options.increment);
  if (other_type || options.minimum != old_options.minimum) alter.minvalue = options.minimum;
  if (other_type || options.maximum != old_options.maximum) alter.maxvalue = options.maximum;
  alter.cycle = unless_same(options.cycle, old_options.cycle);
  alter.cache = unless_same(options.cache, old_options.cache);
  // No value is in both ranges, so no position can be kept.
  if (options.minimum > old_options.maximum || options.maximum < old_options.minimum) alter.restart = std::nullopt;
  return alter;
}

// PostgreSQL refuses bounds that the sequence's value is outside of, and a new sequence stands at its start. One that
// has not come as far as its new bound goes there; one that has gone beyond its end is for people to decide.
std::optional<Execute> step_into_bounds(const Sequence& before, const Sequence& after) {
  const bool counts_up = after.options.increment > 0;
  const auto bound = counts_up ? after.options.minimum : after.options.maximum;
  const auto old_bound = counts_up ? before.options.minimum : before.options.maximum;
  if (counts_up ? bound <= old_bound : bound >= old_bound) return std::nullopt;
  const auto name = name_of_sequence(after);
  return Execute{
      "DO " + schema::dollar_quote(fmt::format(
                  "BEGIN\n  IF (SELECT last_value FROM {0}) {1} {2} THEN\n    ALTER SEQUENCE {0} RESTART WITH {2};\n  "
                  "END IF;\nEND",
                  name, counts_up ? '<' : '>', bound))};
}

}  // namespace

OperationList create_operations(const Sequence& sequence) {
  OperationList operations{CreateSequence{sequence_of(sequence)}};
  append_comment(operations, commented(sequence), sequence.comment);
  return operations;
}

OperationList drop_operations(const Sequence& sequence) {
  auto existing = sequence_of(sequence);
  existing.owned_by = owner_of(sequence);
  return {DropSequence{.name = sequence.name, .schema = sequence.schema, .existing = std::move(existing)}};
}

OperationList own_operations(const Sequence& sequence) {
  auto owner = owner_of(sequence);
  if (!owner) return {};
  auto alter = alteration(sequence);
  alter.owned_by = std::move(*owner);
  return {std::move(alter)};
}

OperationList disown_operations(const Sequence& sequence) {
  auto alter = alteration(sequence);
  alter.owned_by = std::nullopt;
  return {std::move(alter)};
}

std::optional<OperationList> alter_operations(const Sequence& before, const Sequence& after) {
  OperationList operations;
  if (before.options != after.options) {
    auto alter = options_changed(before, after);
    if (!alter.restart.is_given()) {
      if (auto step = step_into_bounds(before, after)) operations.push_back(std::move(*step));
    }
    operations.push_back(std::move(alter));
  }
  if (before.persistence != after.persistence) {
    auto alter = alteration(after);
    alter.persistence = persistence_of(after);
    operations.push_back(std::move(alter));
  }
  append_comment_change(operations, commented(after), before.comment, after.comment);
  if (before.owned_by != after.owned_by) {
    auto alter = alteration(after);
    alter.owned_by = std::nullopt;
    if (auto owner = owner_of(after)) alter.owned_by = std::move(*owner);
    operations.push_back(std::move(alter));
  }
  return operations;
}

}  // namespace support::alembic::autogenerate
