#include "app/alembic/autogenerate/field_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

template <class List, class Function>
std::string joined(const List& list, Function text_of) {
  std::string text;
  for (const auto& item : list) {
    if (!text.empty()) text += ", ";
    text += text_of(item);
  }
  return text;
}

}  // namespace

std::string_view to_string(Origin value) {
  switch (value) {
    case Origin::own:
      return "own";
    case Origin::inherited:
      return "inherited";
    case Origin::both:
      return "own and inherited";
  }
  return {};
}

std::string_view to_string(Identity value) {
  switch (value) {
    case Identity::none:
      return "";
    case Identity::always:
      return "ALWAYS";
    case Identity::by_default:
      return "BY DEFAULT";
  }
  return {};
}

std::string_view to_string(Generated value) {
  switch (value) {
    case Generated::none:
      return "";
    case Generated::stored:
      return "STORED";
    case Generated::virtual_:
      return "VIRTUAL";
  }
  return {};
}

std::string_view to_string(Persistence value) {
  return value == Persistence::unlogged ? "unlogged" : "permanent";
}

std::string_view to_string(ConstraintKind value) {
  switch (value) {
    case ConstraintKind::primary_key:
      return "primary key";
    case ConstraintKind::unique:
      return "unique constraint";
    case ConstraintKind::check:
      return "check constraint";
    case ConstraintKind::foreign_key:
      return "foreign key";
    case ConstraintKind::exclusion:
      return "exclude constraint";
  }
  return {};
}

std::string_view to_string(TableKind value) {
  switch (value) {
    case TableKind::ordinary:
      return "table";
    case TableKind::partitioned:
      return "partitioned table";
    case TableKind::foreign:
      return "foreign table";
  }
  return {};
}

std::string_view to_string(RoutineKind value) {
  switch (value) {
    case RoutineKind::function:
      return "function";
    case RoutineKind::procedure:
      return "procedure";
    case RoutineKind::aggregate:
      return "aggregate";
    case RoutineKind::window:
      return "window function";
  }
  return {};
}

std::string field_text(const std::string& value) {
  return value;
}

std::string field_text(bool value) {
  return value ? "true" : "false";
}

std::string field_text(const std::optional<std::string>& value) {
  return value.value_or("");
}

std::string field_text(const std::optional<int>& value) {
  return value ? std::to_string(*value) : "";
}

std::string field_text(const Texts& value) {
  return fmt::format("{}", fmt::join(value, ", "));
}

std::string field_text(const std::vector<QualifiedName>& value) {
  return joined(value, [](const QualifiedName& name) { return schema::qualified_name(name.name, name.schema); });
}

std::string field_text(const SequenceOptions& value) {
  return fmt::format("AS {} START WITH {} INCREMENT BY {} MINVALUE {} MAXVALUE {} CACHE {}{}", value.type, value.start,
                     value.increment, value.minimum, value.maximum, value.cache, value.cycle ? " CYCLE" : "");
}

std::string field_text(const std::optional<SequenceOptions>& value) {
  return value ? field_text(*value) : "";
}

std::string field_text(const Referent& value) {
  if (value.table.empty()) return {};
  return fmt::format("{} ({})", schema::qualified_name(value.table, value.schema),
                     schema::identifier_list(value.columns));
}

std::string field_text(const std::vector<IndexKey>& value) {
  return joined(value, [](const IndexKey& key) {
    auto text = key.sql;
    if (!key.operator_class.empty()) text += ' ' + key.operator_class;
    if (key.descending) text += " DESC";
    if (key.nulls_first != key.descending) text += key.nulls_first ? " NULLS FIRST" : " NULLS LAST";
    return text;
  });
}

std::string field_text(const std::vector<DomainCheck>& value) {
  return joined(value, [](const DomainCheck& check) {
    return fmt::format("CONSTRAINT {} {}", schema::quote_identifier(check.name), check.definition);
  });
}

std::string field_text(const std::vector<CompositeAttribute>& value) {
  return joined(value, [](const CompositeAttribute& attribute) {
    auto text = schema::quote_identifier(attribute.name) + ' ' + attribute.type;
    if (!attribute.collation.empty()) text += " COLLATE " + attribute.collation;
    return text;
  });
}

}  // namespace support::alembic::autogenerate
