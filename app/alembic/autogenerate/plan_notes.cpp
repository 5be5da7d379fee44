// What a person should know of a step.
#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "app/alembic/autogenerate/planner.hpp"
#include "app/alembic/autogenerate/type_change.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr std::string_view rewrites_the_table = "Rewrites the table, and keeps everybody out of it meanwhile.";

void add_sentence(std::string& note, std::string_view sentence) {
  if (!note.empty()) note += '\n';
  note += sentence;
}

std::string missing_labels(const Enum& before, const Enum& after) {
  std::string list;
  for (const auto& label : before.labels) {
    if (std::ranges::find(after.labels, label) != after.labels.end()) continue;
    list += fmt::format("{}'{}'", list.empty() ? "" : ", ", label);
  }
  return list;
}

// Whether values that were within its bounds are not any more, at the end that it runs to.
bool ends_earlier(const SequenceOptions& before, const SequenceOptions& after) {
  return after.increment > 0 ? after.maximum < before.maximum : after.minimum > before.minimum;
}

std::string note_of_earlier_end(const SequenceOptions& after) {
  return fmt::format("Fails when the sequence stands beyond {}.", after.increment > 0 ? after.maximum : after.minimum);
}

void add_note_of_sequence(std::string& note, const Column& before, const Column& after, bool sequence_stays) {
  const bool is_another = before.is_serial() != after.is_serial();
  if (before.sequence && !sequence_stays && (!after.sequence || is_another)) {
    add_sentence(note, "The position of its sequence is lost.");
  }
  if (after.sequence && !sequence_stays && (!before.sequence || is_another)) {
    add_sentence(note,
                 fmt::format("Its sequence starts at {}, whatever the rows hold.", after.sequence->options.start));
  }
  if (before.sequence && after.sequence && !is_another &&
      ends_earlier(before.sequence->options, after.sequence->options)) {
    add_sentence(note, note_of_earlier_end(after.sequence->options));
  }
}

std::string note_of_column_change(const Column& before, const Column& after, bool sequence_stays) {
  std::string note;
  if (before.type != after.type) {
    const auto rewrite = rewrite_of(before.type, after.type);
    if (rewrite == Rewrite::all) add_sentence(note, rewrites_the_table);
    if (rewrite == Rewrite::unless_utc) {
      add_sentence(
          note, "Rewrites the table, and keeps everybody out of it meanwhile, unless the session's time zone is UTC.");
    }
    if (const auto loss = loss_of(before.type, after.type); !loss.empty()) add_sentence(note, loss);
  }
  if (!before.not_null && after.not_null && after.not_null_validated) {
    add_sentence(note, fmt::format("Fails when a row holds NULL in '{}'; reads the whole table.", after.name));
  }
  add_note_of_sequence(note, before, after, sequence_stays);
  return note;
}

// Whether it is different each time, so that each row has to be written. A STABLE one is evaluated once.
bool calls_volatile_function(std::string_view expression) {
  constexpr std::array functions = {
      "clock_timestamp", "currval", "gen_random_uuid",  "lastval",          "nextval",          "random",
      "random_normal",   "setval",  "timeofday",        "txid_current",     "uuid_generate_v1", "uuid_generate_v1mc",
      "uuidv4",          "uuidv7",  "uuid_generate_v4", "gen_random_bytes", "gen_salt"};
  const auto is_part_of_name = [](char c) {
    return c == '_' || c == '$' || c == '"' || std::isalnum(static_cast<unsigned char>(c)) != 0;
  };
  return std::ranges::any_of(functions, [&](std::string_view function) {
    const auto at = expression.find(std::string(function) + '(');
    return at != std::string_view::npos && (at == 0 || !is_part_of_name(expression[at - 1]));
  });
}

bool is_volatile(const Routine& routine) {
  const auto head = std::string_view(routine.definition).substr(0, routine.definition.find("\nAS "));
  return head.find(" IMMUTABLE") == std::string_view::npos && head.find(" STABLE") == std::string_view::npos;
}

}  // namespace

std::string note_of_removal(const Object& object) {
  if (const auto* table = std::get_if<Table>(&object)) {
    return fmt::format("The rows of '{}' are lost.", table->name);
  }
  if (const auto* sequence = std::get_if<Sequence>(&object)) {
    return fmt::format("The position of '{}' is lost.", sequence->name);
  }
  const auto* column = std::get_if<Column>(&object);
  if (column == nullptr || column->generated != Generated::none) return {};
  return fmt::format("The values of '{}' are lost.", column->name);
}

std::string note_of_replacement(const Object& before, const Object& after) {
  if (const auto* type = std::get_if<Enum>(&before)) {
    std::string note = "Rewrites every table that has a column of the type.";
    const auto* wanted = std::get_if<Enum>(&after);
    if (wanted == nullptr) return note;
    if (const auto labels = missing_labels(*type, *wanted); !labels.empty()) {
      add_sentence(note, fmt::format("Fails when a row holds {}: change those rows first.", labels));
    }
    return note;
  }
  const auto* composite = std::get_if<Composite>(&before);
  if (const auto* wanted = std::get_if<Composite>(&after); composite != nullptr && wanted != nullptr) {
    std::string note = "Rewrites every table that has a column of the type.";
    const auto names_of = [](const Composite& type) {
      Texts names;
      for (const auto& attribute : type.attributes) names.push_back(attribute.name);
      return names;
    };
    if (names_of(*composite) != names_of(*wanted)) {
      add_sentence(note,
                   "Attributes keep their values by name, others are NULL; in arrays of the type they go by place.");
    }
    return note;
  }
  if (std::holds_alternative<Domain>(before) || composite != nullptr || std::holds_alternative<Range>(before)) {
    return "Rewrites every table that has a column of the type.";
  }
  return {};
}

std::string note_of_creation(const Object& object, bool table_has_been_there) {
  if (!table_has_been_there) return {};
  if (const auto* index = std::get_if<Index>(&object)) {
    return index->unique ? "Fails when rows are equal." : "";
  }
  const auto* constraint = std::get_if<Constraint>(&object);
  if (constraint == nullptr || !constraint->validated) return {};
  switch (constraint->kind) {
    case ConstraintKind::primary_key:
      return "Fails when rows are equal, or NULL in a column of the key.";
    case ConstraintKind::unique:
      return "Fails when rows are equal.";
    case ConstraintKind::check:
    case ConstraintKind::exclusion:
      return "Fails when a row breaks it.";
    case ConstraintKind::foreign_key:
      return "Fails when a row refers to one that is not there.";
  }
  return {};
}

// Whether PostgreSQL writes each row when the column is added.
bool Planner::is_written_when_added(const ObjectName& name, const Column& column) const {
  if (column.generated != Generated::none) return column.generated == Generated::stored;
  if (column.sequence || (column.default_sql && calls_volatile_function(*column.default_sql))) return true;
  const auto first = std::ranges::lower_bound(after_.dependencies, name, {}, &Dependency::object);
  return std::any_of(first, after_.dependencies.end(), [&](const Dependency& dependency) {
    if (dependency.object != name) return false;
    const auto used = find_object(after_, dependency.on);
    if (const auto* routine = std::get_if<Routine>(&used)) return is_volatile(*routine);
    const auto* domain = std::get_if<Domain>(&used);
    return domain != nullptr && is_checked(*domain);
  });
}

// Whether a domain, or one that it is made of, has something to check.
bool Planner::is_checked(const Domain& domain) const {
  if (domain.not_null || !domain.checks.empty()) return true;
  return std::ranges::any_of(after_.domains, [&](const Domain& other) {
    return schema::qualified_name(other.name, other.schema) == domain.type && is_checked(other);
  });
}

std::string Planner::note_of_addition(const ObjectName& name, const Column& column) const {
  std::string note;
  if (is_written_when_added(name, column)) add_sentence(note, rewrites_the_table);
  const bool is_filled = column.default_sql || column.sequence;
  if (column.not_null && !is_filled) {
    add_sentence(note, fmt::format("Fails when the table has rows: '{}' is NOT NULL and has no default.", column.name));
  }
  return note;
}

// Whether a table has a column of the type.
bool Planner::is_in_use(const ObjectName& type) const {
  const auto [first, last] = dependents_.equal_range(type);
  return std::any_of(first, last, [&](const auto& dependent) {
    const auto kind = dependent.second.kind;
    if (kind == ObjectKind::column) return true;
    const bool is_type =
        kind == ObjectKind::composite_type || kind == ObjectKind::domain || kind == ObjectKind::range_type;
    return is_type && is_in_use(dependent.second);
  });
}

std::string Planner::note_of_alteration(const Item& item) const {
  const auto& before = item.before;
  const auto& after = item.after;
  if (const auto* column = std::get_if<Column>(&before)) {
    const auto& wanted = std::get<Column>(after);
    const auto& sequence = column->sequence ? column->sequence : wanted.sequence;
    const bool sequence_stays = sequence && kept_sequences_.contains({sequence->schema, sequence->name});
    return note_of_column_change(*column, wanted, sequence_stays);
  }
  if (const auto* sequence = std::get_if<Sequence>(&before)) {
    const auto& options = std::get<Sequence>(after).options;
    return ends_earlier(sequence->options, options) ? note_of_earlier_end(options) : std::string();
  }
  if (const auto* domain = std::get_if<Domain>(&before)) {
    const bool checks = checks_values(item.moves_checks ? bare(*domain) : *domain, std::get<Domain>(after));
    if (!checks || !is_in_use(item.old_name)) return {};
    return "Reads every table that has a column of the domain; fails when a value breaks it.";
  }
  const auto* table = std::get_if<Table>(&before);
  if (table == nullptr) return {};
  const auto& wanted = std::get<Table>(after);
  if (table->persistence != wanted.persistence || table->access_method != wanted.access_method ||
      table->tablespace != wanted.tablespace) {
    return std::string(rewrites_the_table);
  }
  return {};
}

// Above which of the operations it belongs.
std::size_t place_of_note(const OperationList& operations) {
  const auto is_heavy = [](const Operation& operation) {
    if (std::holds_alternative<AddColumn>(operation)) return true;
    if (const auto* domain = std::get_if<AlterDomain>(&operation)) {
      return domain->add_constraint.has_value() || !domain->validate_constraint.empty() || domain->not_null.has_value();
    }
    const auto* column = std::get_if<AlterColumn>(&operation);
    return column != nullptr && (column->type_ || column->nullable);
  };
  const auto found = std::ranges::find_if(operations, is_heavy);
  return found == operations.end() ? 0 : static_cast<std::size_t>(found - operations.begin());
}

}  // namespace support::alembic::autogenerate
