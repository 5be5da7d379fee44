#include "tests/support/random_schema/print.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

#include "tests/support/random_schema/expressions.hpp"

namespace support::tests::random_schema {
namespace {

using fmt::format;
using schema::quote_identifier;
using schema::quote_literal;

void print_enum(const Model& model, const Enum& type, Statements& statements) {
  std::string labels;
  for (const auto& label : type.labels) labels += (labels.empty() ? "" : ", ") + quote_literal(label);
  statements.push_back(format("CREATE TYPE {} AS ENUM ({})", model.qualified(type), labels));
  print_comment("TYPE " + model.qualified(type), type.comment, statements);
}

void print_domain(const Model& model, const Domain& domain, Statements& statements) {
  const auto name = model.qualified(domain);
  auto text = format("CREATE DOMAIN {} AS {}", name, model.spelled(domain.base));
  if (domain.collated) text += " COLLATE \"C\"";
  if (domain.constant) {
    if (const auto value = constant(model, domain.base, *domain.constant)) text += " DEFAULT " + *value;
  }
  if (domain.not_null) text += " NOT NULL";
  for (const auto& check : domain.checks) {
    if (check.not_valid) continue;
    text += format(" CONSTRAINT {} CHECK ({})", quote_identifier(check.name),
                   condition(model, "VALUE", domain.base, check.variant));
  }
  statements.push_back(text);
  for (const auto& check : domain.checks) {
    if (!check.not_valid) continue;
    statements.push_back(format("ALTER DOMAIN {} ADD CONSTRAINT {} CHECK ({}) NOT VALID", name,
                                quote_identifier(check.name), condition(model, "VALUE", domain.base, check.variant)));
  }
  print_comment("DOMAIN " + name, domain.comment, statements);
}

void print_composite(const Model& model, const Composite& type, Statements& statements) {
  const auto name = model.qualified(type);
  std::string attributes;
  for (const auto& attribute : type.attributes) {
    attributes += format("{}{} {}", attributes.empty() ? "" : ", ", quote_identifier(attribute.name),
                         model.spelled(attribute.type));
  }
  statements.push_back(format("CREATE TYPE {} AS ({})", name, attributes));
  print_comment("TYPE " + name, type.comment, statements);
  for (const auto& attribute : type.attributes) {
    print_comment(format("COLUMN {}.{}", name, quote_identifier(attribute.name)), attribute.comment, statements);
  }
}

void print_sequence(const Model& model, const Sequence& sequence, Statements& statements) {
  const auto name = model.qualified(sequence);
  statements.push_back(format("CREATE {}SEQUENCE {}{}", sequence.unlogged ? "UNLOGGED " : "", name, sequence.options));
  print_comment("SEQUENCE " + name, sequence.comment, statements);
}

// Views and the routines that read relations use each other: by their numbers the used ones come first.
void print_readers(const Model& model, Statements& statements) {
  std::vector<std::pair<Id, std::function<void()>>> readers;
  for (const auto& view : model.views) readers.emplace_back(view.id, [&] { print_view(model, view, statements); });
  for (const auto& routine : model.routines) {
    if (routine.relation != 0) {
      readers.emplace_back(routine.id, [&] { print_routine(model, routine, statements); });
    }
  }
  std::ranges::sort(readers, {}, [](const auto& reader) { return reader.first; });
  for (const auto& [id, print_one] : readers) print_one();
}

// Partitions and children behind their parents.
std::vector<const Table*> in_order(const Model& model) {
  std::vector<const Table*> tables;
  for (const auto& table : model.tables) tables.push_back(&table);
  std::ranges::sort(tables, {}, &Table::id);
  return tables;
}

}  // namespace

void print_comment(const std::string& object, const std::string& comment, Statements& statements) {
  if (!comment.empty()) statements.push_back(format("COMMENT ON {} IS {}", object, quote_literal(comment)));
}

std::string column_list(const Model& model, const std::vector<Id>& columns) {
  std::string list;
  for (const auto column : columns) list += (list.empty() ? "" : ", ") + model.name_of(column);
  return list;
}

Statements print(const Model& model) {
  Statements statements;
  for (const auto& schema : model.schemas) {
    if (schema.name != "public") statements.push_back("CREATE SCHEMA " + quote_identifier(schema.name));
    print_comment("SCHEMA " + quote_identifier(schema.name), schema.comment, statements);
  }
  for (const auto& type : model.enums) print_enum(model, type, statements);
  for (const auto& type : model.domains) print_domain(model, type, statements);
  for (const auto& type : model.ranges) {
    statements.push_back(format("CREATE TYPE {} AS RANGE (SUBTYPE = {})", model.qualified(type), type.subtype));
    print_comment("TYPE " + model.qualified(type), type.comment, statements);
  }
  for (const auto& type : model.composites) print_composite(model, type, statements);
  for (const auto& sequence : model.sequences) print_sequence(model, sequence, statements);
  for (const auto& routine : model.routines) {
    if (routine.relation == 0) print_routine(model, routine, statements);
  }
  const auto tables = in_order(model);
  for (const auto* table : tables) print_table(model, *table, statements);
  for (const auto& sequence : model.sequences) {
    if (sequence.owner == 0) continue;
    statements.push_back(format("ALTER SEQUENCE {} OWNED BY {}.{}", model.qualified(sequence),
                                model.qualified(*model.table_of_column(sequence.owner)),
                                model.name_of(sequence.owner)));
  }
  for (const auto* table : tables) print_references(model, *table, statements);
  print_readers(model, statements);
  return statements;
}

}  // namespace support::tests::random_schema
