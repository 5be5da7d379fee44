#include "app/alembic/autogenerate/difference.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/autogenerate/field_text.hpp"

namespace support::alembic::autogenerate {
namespace {

// As Python prints a list of names.
std::string list_of(const Texts& names) {
  std::string text;
  for (const auto& name : names) text += fmt::format("{}'{}'", text.empty() ? "" : ", ", name);
  return '[' + text + ']';
}

std::string joined(const Texts& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Texts key_texts(const Index& index) {
  Texts texts;
  for (const auto& key : index.keys) texts.push_back(key.sql);
  return texts;
}

class Sentence {
 public:
  Sentence(const Difference& difference, std::string_view default_schema)
      : difference_(difference), default_schema_(default_schema) {}

  std::string text() const {
    switch (difference_.kind) {
      case ObjectKind::column:
        return column();
      case ObjectKind::index:
        return index();
      case ObjectKind::constraint:
        return constraint();
      case ObjectKind::trigger:
      case ObjectKind::policy:
      case ObjectKind::rule:
        return fmt::format("Detected {} {} '{}' on '{}'{}", change(), to_string(difference_.kind), difference_.name,
                           table(), what());
      default:
        return fmt::format("Detected {} {} '{}'{}", change(), object_word(), in_schema(difference_.name), what());
    }
  }

 private:
  std::string_view change() const { return to_string(difference_.change); }

  std::string in_schema(const std::string& name) const {
    if (difference_.schema.empty() || difference_.schema == default_schema_) return name;
    return difference_.schema + '.' + name;
  }
  std::string table() const { return in_schema(difference_.table); }

  // The side that tells more: what will be, or what was.
  template <class T>
  const T& object() const {
    return std::get<T>(difference_.change == Change::removed ? difference_.before : difference_.after);
  }

  std::string object_word() const {
    if (difference_.kind == ObjectKind::view && object<View>().materialized) return "materialized view";
    if (difference_.kind == ObjectKind::routine) return std::string(to_string(object<Routine>().kind));
    return std::string(to_string(difference_.kind));
  }

  // ": labels from a, b to a, b, c"; a comment or a definition may be long, so it is only named.
  std::string what() const {
    if (difference_.change != Change::changed) return {};
    std::string text;
    for (const auto& change : difference_.attributes) {
      text += text.empty() ? ": " : ", ";
      const bool is_long = change.before.size() + change.after.size() > 120 ||
                           (change.before + change.after).find('\n') != std::string::npos;
      text += is_long ? change.attribute
                      : fmt::format("{} from '{}' to '{}'", change.attribute, change.before, change.after);
    }
    return text;
  }

  std::string column() const {
    const auto column = fmt::format("{}.{}", table(), difference_.name);
    if (difference_.change != Change::changed) return fmt::format("Detected {} column '{}'", change(), column);
    std::string text;
    Texts defaults;
    for (const auto& attribute : difference_.attributes) {
      std::string part;
      if (attribute.attribute == "type") {
        part = fmt::format("Detected type change from {} to {} on '{}'", attribute.before, attribute.after, column);
      } else if (attribute.attribute == "not_null") {
        part = fmt::format("Detected {} on column '{}'", attribute.after == "true" ? "NOT NULL" : "NULL", column);
      } else if (attribute.attribute == "comment") {
        part = fmt::format("Detected column comment '{}'", column);
      } else if (attribute.attribute == "default" || attribute.attribute == "generated" ||
                 attribute.attribute == "identity" || attribute.attribute == "serial" ||
                 attribute.attribute == "sequence") {
        defaults.push_back(attribute.attribute);
        if (defaults.size() > 1) continue;
        part = fmt::format("Detected server default on column '{}'", column);
      } else {
        part = fmt::format("Detected {} change from '{}' to '{}' on column '{}'", attribute.attribute, attribute.before,
                           attribute.after, column);
      }
      text += (text.empty() ? "" : "; ") + part;
    }
    return text;
  }

  std::string index() const {
    if (difference_.change == Change::added) {
      return fmt::format("Detected added index '{}' on '{}'", difference_.name, list_of(key_texts(object<Index>())));
    }
    return fmt::format("Detected {} index '{}' on '{}'{}", change(), difference_.name, table(), what());
  }

  std::string constraint() const {
    const auto& constraint = object<Constraint>();
    if (constraint.kind == ConstraintKind::foreign_key) {
      return fmt::format("Detected {} foreign key ({})({}) on table {}{}", change(), joined(constraint.columns),
                         joined(constraint.referent.columns), table(), what());
    }
    if (difference_.change == Change::added && constraint.kind == ConstraintKind::unique) {
      return fmt::format("Detected added unique constraint '{}' on '{}'", constraint.name, list_of(constraint.columns));
    }
    return fmt::format("Detected {} {} '{}' on '{}'{}", change(), to_string(constraint.kind), constraint.name, table(),
                       what());
  }

  const Difference& difference_;
  std::string_view default_schema_;
};

}  // namespace

const AttributeChange* Difference::find(std::string_view attribute) const {
  const auto found = std::ranges::find(attributes, attribute, &AttributeChange::attribute);
  return found == attributes.end() ? nullptr : &*found;
}

std::string description(const Difference& difference, std::string_view default_schema) {
  return Sentence(difference, default_schema).text();
}

}  // namespace support::alembic::autogenerate
