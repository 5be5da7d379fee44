#include "app/alembic/safety/roundtrip/grade.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/safety/roundtrip/made_up_values.hpp"

namespace support::alembic::safety {
namespace {

using autogenerate::AttributeChange;
using autogenerate::Change;
using autogenerate::Difference;
using autogenerate::ObjectKind;
using autogenerate::QualifiedName;

// Types of one kind, each holding what those before it hold.
constexpr std::array<std::array<std::string_view, 3>, 2> widening = {
    std::array<std::string_view, 3>{"smallint", "integer", "bigint"},
    std::array<std::string_view, 3>{"real", "double precision", ""}};

std::optional<std::pair<std::size_t, std::size_t>> place_in_widening(std::string_view type) {
  for (std::size_t kind = 0; kind < widening.size(); ++kind) {
    const auto found = std::ranges::find(widening[kind], type);
    if (found != widening[kind].end()) return std::pair(kind, static_cast<std::size_t>(found - widening[kind].begin()));
  }
  return std::nullopt;
}

bool is_unlimited_text(const TypeParts& type) {
  return type.name == "text" || (type.name == "character varying" && type.modifiers.empty());
}

// Of texts, bits and the fractions of seconds; more holds more.
bool has_length(std::string_view name) {
  return name == "character varying" || name == "character" || name == "bit varying" || name.starts_with("time");
}

bool narrows_numeric(const TypeParts& from, const TypeParts& to) {
  if (to.modifiers.empty()) return false;
  if (from.modifiers.empty()) return true;
  const auto scale = [](const TypeParts& type) { return type.modifiers.size() > 1 ? type.modifiers[1] : 0; };
  return from.modifiers[0] - scale(from) > to.modifiers[0] - scale(to) || scale(from) > scale(to);
}

std::string table_of(const Difference& difference, const std::string& default_schema) {
  const auto& table = difference.kind == ObjectKind::table ? difference.name : difference.table;
  return table_name({difference.schema, table}, default_schema);
}

// Of an enum type, those that `before` has not.
std::vector<std::string> new_labels(const Difference& difference) {
  const auto* before = std::get_if<autogenerate::Enum>(&difference.before);
  const auto* after = std::get_if<autogenerate::Enum>(&difference.after);
  std::vector<std::string> labels;
  if (before == nullptr || after == nullptr) return labels;
  std::ranges::copy_if(after->labels, std::back_inserter(labels), [&](const std::string& label) {
    return std::ranges::find(before->labels, label) == before->labels.end();
  });
  return labels;
}

class Reader {
 public:
  explicit Reader(const std::string& default_schema) : default_schema_(default_schema) {}

  void read(const Difference& difference) {
    switch (difference.kind) {
      case ObjectKind::table:
        if (difference.change == Change::added) {
          add({difference.schema, difference.name}, "",
              fmt::format("drops table {} with what was written to it", table_of(difference, default_schema_)));
        }
        break;
      case ObjectKind::column:
        read_column(difference);
        break;
      case ObjectKind::constraint:
        if (is_looser_constraint(difference)) add_again(difference, "constraint");
        break;
      case ObjectKind::index:
        if (is_looser_index(difference)) add_again(difference, "unique index");
        break;
      case ObjectKind::enum_type:
        if (const auto labels = new_labels(difference); !labels.empty()) {
          add({}, "",
              fmt::format("takes '{}' out of enum type {}, which rows written since may hold",
                          fmt::join(labels, "', '"),
                          table_name({difference.schema, difference.name}, default_schema_)));
        }
        break;
      case ObjectKind::domain:
        read_domain(difference);
        break;
      default:
        break;
    }
  }

  std::vector<Taken> take() { return std::move(taken_); }

 private:
  void add(QualifiedName table, std::string column, std::string text) {
    taken_.push_back({std::move(table), std::move(column), std::move(text)});
  }

  static bool is_looser_index(const Difference& difference) {
    const auto* before = std::get_if<autogenerate::Index>(&difference.before);
    const auto* after = std::get_if<autogenerate::Index>(&difference.after);
    if (before == nullptr || !before->unique) return false;
    return after == nullptr || !after->unique || before->body != after->body;
  }

  // What else changes of a constraint lets the same rows through.
  static bool is_looser_constraint(const Difference& difference) {
    const auto* before = std::get_if<autogenerate::Constraint>(&difference.before);
    const auto* after = std::get_if<autogenerate::Constraint>(&difference.after);
    if (before == nullptr) return false;
    if (after == nullptr) return true;
    return before->kind != after->kind || before->columns != after->columns ||
           before->expression != after->expression || before->referent != after->referent ||
           (before->enforced && !after->enforced);
  }

  void add_again(const Difference& difference, std::string_view what) {
    add({difference.schema, difference.table}, "",
        fmt::format("adds {} {} to {} again, which rows written since may break", what, difference.name,
                    table_of(difference, default_schema_)));
  }

  void read_column(const Difference& difference) {
    const QualifiedName table{difference.schema, difference.table};
    const auto name = fmt::format("{}.{}", table_of(difference, default_schema_), difference.name);
    const auto* before = std::get_if<autogenerate::Column>(&difference.before);
    const auto* after = std::get_if<autogenerate::Column>(&difference.after);
    if (difference.change == Change::added) {
      if (after != nullptr && after->generated != autogenerate::Generated::none) return;
      add(table, difference.name, fmt::format("drops column {} with what was written to it", name));
      return;
    }
    if (before == nullptr || after == nullptr) return;
    if (before->type != after->type && narrows(after->type, before->type)) {
      add(table, difference.name, fmt::format("narrows column {} from {} to {}", name, after->type, before->type));
    }
    if (before->not_null && !after->not_null) {
      add(table, difference.name,
          fmt::format("makes column {} NOT NULL again, which rows written since may break", name));
    }
  }

  void read_domain(const Difference& difference) {
    const auto* before = std::get_if<autogenerate::Domain>(&difference.before);
    const auto* after = std::get_if<autogenerate::Domain>(&difference.after);
    if (before == nullptr || after == nullptr) return;
    const bool is_looser =
        (before->not_null && !after->not_null) || std::ranges::any_of(before->checks, [&](const auto& check) {
          return std::ranges::find(after->checks, check.definition, &autogenerate::DomainCheck::definition) ==
                 after->checks.end();
        });
    if (!is_looser) return;
    add({}, "",
        fmt::format("tightens domain {} again, which rows written since may break",
                    table_name({difference.schema, difference.name}, default_schema_)));
  }

  std::string default_schema_;
  std::vector<Taken> taken_;
};

}  // namespace

std::string_view grade_name(Grade grade) {
  switch (grade) {
    case Grade::green:
      return "green";
    case Grade::yellow:
      return "yellow";
    case Grade::red:
      return "red";
  }
  return {};
}

bool narrows(std::string_view from, std::string_view to) {
  if (from == to) return false;
  const auto wide = parts_of_type(from);
  const auto narrow = parts_of_type(to);
  if (wide.is_array != narrow.is_array) return true;
  if (is_unlimited_text(narrow)) return false;
  if (const auto place = place_in_widening(wide.name)) {
    if (narrow.name == "numeric" && narrow.modifiers.empty()) return false;
    const auto other = place_in_widening(narrow.name);
    return !other || other->first != place->first || other->second < place->second;
  }
  if (wide.name == "numeric" && narrow.name == "numeric") return narrows_numeric(wide, narrow);
  if (wide.name == narrow.name && has_length(narrow.name)) {
    if (narrow.modifiers.empty()) return false;
    return wide.modifiers.empty() || wide.modifiers[0] > narrow.modifiers[0];
  }
  return true;
}

std::vector<Taken> taken_by_downgrade(const std::vector<Difference>& differences, const std::string& default_schema) {
  // Nobody writes into a table that is gone, whatever it had.
  std::set<QualifiedName> removed;
  for (const auto& difference : differences) {
    if (difference.kind == ObjectKind::table && difference.change == Change::removed) {
      removed.emplace(difference.schema, difference.name);
    }
  }
  Reader reader(default_schema);
  for (const auto& difference : differences) {
    if (!removed.contains({difference.schema, difference.table})) reader.read(difference);
  }
  return reader.take();
}

Grade grade_of(const Facts& facts) {
  if (facts.is_irreversible || facts.failed || facts.is_asymmetric || facts.lost_what_was) return Grade::red;
  if (facts.declares_loss || facts.takes_what_was_written) return Grade::yellow;
  return Grade::green;
}

}  // namespace support::alembic::safety
