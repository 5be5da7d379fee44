// What the comparison finds, against what Alembic finds on the same pairs of schemas.
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/compare.hpp"
#include "app/alembic/autogenerate/wanted.hpp"
#include "app/alembic/runtime/pqxx_connection.hpp"

#include "tests/conformance/graph_cases.hpp"
#include "tests/support/test_cluster.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;
using namespace alembic::autogenerate;

std::string optional_text(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? text(*value) : "";
}

// One of Alembic's differences.
struct Expected {
  std::string op;
  std::string schema;
  std::string table;
  std::string name;
  std::string kind;  // of a constraint
  Texts columns;     // of a foreign key

  std::string text() const { return fmt::format("{} {}.{}.{} {}", op, schema, table, name, kind); }
};

Expected expected_of(const json::object& item) {
  Expected expected{.op = support::tests::text(item.at("op"))};
  const auto* object = item.if_contains("object");
  const auto* table = item.if_contains("table");
  const auto& holder = object != nullptr && object->is_object() ? object->as_object()
                       : table != nullptr && table->is_object() ? table->as_object()
                                                                : item;
  expected.schema = optional_text(holder, "schema");
  if (table != nullptr && table->is_object()) {
    expected.table = optional_text(table->as_object(), "name");
    return expected;
  }
  expected.table = optional_text(holder, "table");
  if (object != nullptr && object->is_object()) {
    expected.name = optional_text(holder, "name");
    expected.kind = optional_text(holder, "kind");
    if (const auto* columns = holder.if_contains("columns"); columns != nullptr && columns->is_array()) {
      expected.columns = strings(*columns);
    }
  } else if (const auto* column = item.if_contains("column"); column != nullptr) {
    expected.name = column->is_object() ? optional_text(column->as_object(), "name") : support::tests::text(*column);
  }
  return expected;
}

void collect(const json::array& items, std::vector<Expected>& result) {
  for (const auto& item : items) {
    if (item.is_array()) {
      collect(item.as_array(), result);
    } else {
      result.push_back(expected_of(item.as_object()));
    }
  }
}

const Constraint* constraint_of(const Object& object) {
  return std::get_if<Constraint>(&object);
}

bool has_kind(const Difference& difference, const std::string& kind) {
  const auto* constraint = constraint_of(difference.before);
  if (constraint == nullptr) constraint = constraint_of(difference.after);
  if (constraint == nullptr) return false;
  if (kind == "UniqueConstraint") return constraint->kind == ConstraintKind::unique;
  if (kind == "CheckConstraint") return constraint->kind == ConstraintKind::check;
  return kind == "ForeignKeyConstraint" && constraint->kind == ConstraintKind::foreign_key;
}

// Alembic replaces a constraint or index where here one difference says that it changed, or has another name.
bool covers_part(const Difference& difference, const Expected& expected, ObjectKind kind) {
  if (difference.kind != kind) return false;
  if (kind == ObjectKind::constraint && !has_kind(difference, expected.kind)) return false;
  const bool removes = expected.op.starts_with("remove");
  if (difference.change == (removes ? Change::added : Change::removed)) return false;
  if (expected.name.empty() || difference.name == expected.name) return true;
  const auto name_of = [](const Object& object) -> std::string {
    if (const auto* constraint = std::get_if<Constraint>(&object)) return constraint->name;
    if (const auto* index = std::get_if<Index>(&object)) return index->name;
    return {};
  };
  return name_of(removes ? difference.before : difference.after) == expected.name;
}

bool covers(const Difference& difference, const Expected& expected) {
  const auto schema = expected.schema.empty() ? "public" : expected.schema;
  if (difference.schema != schema) return false;
  const auto changes = [&](std::initializer_list<std::string_view> attributes) {
    return difference.change == Change::changed &&
           std::ranges::any_of(attributes, [&](auto attribute) { return difference.find(attribute) != nullptr; });
  };
  const auto& op = expected.op;
  if (op.ends_with("_table")) {
    return difference.kind == ObjectKind::table && difference.name == expected.table &&
           difference.change == (op == "add_table" ? Change::added : Change::removed);
  }
  if (op.ends_with("_table_comment")) {
    return difference.kind == ObjectKind::table && difference.name == expected.table && changes({"comment"});
  }
  if (difference.table != expected.table) return false;
  if (op.ends_with("_index")) return covers_part(difference, expected, ObjectKind::index);
  if (op.ends_with("_constraint") || op.ends_with("_fk")) {
    return covers_part(difference, expected, ObjectKind::constraint);
  }
  if (difference.kind != ObjectKind::column || difference.name != expected.name) return false;
  if (op == "add_column") return difference.change == Change::added;
  if (op == "remove_column") return difference.change == Change::removed;
  if (op == "modify_type") return changes({"type", "collation"});
  if (op == "modify_nullable") return changes({"not_null"});
  if (op == "modify_default") return changes({"default", "identity", "sequence", "serial", "generated"});
  if (op == "modify_comment") return changes({"comment"});
  return false;
}

CompareOptions compare_options(const json::object& options) {
  auto result = CompareOptions::for_models();
  result.generated_names = GeneratedNames::exact;
  const auto* type = options.if_contains("compare_type");
  if (type != nullptr && type->is_bool()) result.compare_type = type->as_bool();
  if (!options.at("include_schemas_or_default").as_bool()) result.include_schemas = {"public"};
  return result;
}

// Where Alembic errs, so that there is nothing to find.
bool is_defect(const json::object& item) {
  // It takes a table in a schema that it did not look into for one that is missing.
  if (optional_text(item, "upgrade_error").find("DuplicateTable") != std::string::npos) return true;
  static const std::set<std::string> others = {
      "ag-0146", "ag-0148", "ag-0156",  // loses the order of an expression in an index when it reads it
      "ag-0501",                        // asks the server whether nextval() equals nextval()
  };
  return others.contains(text(item.at("id")));
}

std::string with_schemas(const std::string& sql) {
  return "CREATE SCHEMA IF NOT EXISTS test_schema;\nCREATE SCHEMA IF NOT EXISTS app;\n" + sql;
}

// Kind and change, and what of a changed object differs.
std::set<std::string> traits_of(const Difference& difference) {
  const auto what = fmt::format("{} {}", to_string(difference.change), to_string(difference.kind));
  if (difference.change != Change::changed) return {what};
  std::set<std::string> traits;
  for (const auto& change : difference.attributes) traits.insert(what + ' ' + change.attribute);
  return traits;
}

// What Alembic does not look at, or not closely.
const std::set<std::string> unseen_by_alembic = {
    "added enum type",
    "changed enum type labels",
    "changed table persistence",
    "changed table kind",
    "changed table partition_key",
    "changed column type",  // a length or precision on one side alone
    "changed column collation",
    "changed column default",  // of a generated column, or of a primary key
    "changed column generated",
    "changed column serial",
    "changed column sequence",
    "added constraint",  // primary keys and EXCLUDE
    "removed constraint",
    "changed constraint name",
    "changed constraint columns",  // another order of the same
    "changed constraint expression",
    "changed constraint deferrable",
    "changed constraint initially_deferred",
    "changed constraint definition",  // INCLUDE
    "changed index keys",             // ASC and DESC of expressions
    "changed index method",
    "changed index include",
    "changed index body",  // collations
    "changed index comment",
};

// Both sides are built by the server and rolled back, one after the other, so one empty database does.
TEST(Autogenerate, FindsWhatAlembicFinds) {
  if (!have_cases()) GTEST_SKIP() << "There are no cases beside the checkout.";
  const TestDatabase database;
  const auto settings = config::Settings::load({.environment = {{"DATABASE_URL", database.url_text()}}});
  const auto connection = alembic::connect_pqxx(*alembic::make_environment(settings, alembic::Mode::online).target);
  int compared = 0;
  int more = 0;
  std::ofstream listed(SUPPORT_BINARY_DIR "/autogen_more.txt");
  for (auto& item : read_lines("autogen.jsonl")) {
    const auto id = text(item.at("id"));
    auto options = item.at("options").as_object();
    const auto* include = options.if_contains("include_schemas");
    options["include_schemas_or_default"] = include != nullptr && include->is_bool() && include->as_bool();
    std::vector<Expected> expected;
    if (!is_defect(item)) collect(item.at("expected").as_array(), expected);
    WantedOptions wanted;
    if (const auto name = optional_text(options, "version_table"); !name.empty()) wanted.inspect.version_table = name;
    std::vector<Difference> found;
    try {
      const auto before = wanted_from_sql(*connection, with_schemas(text(item.at("database_ddl"))), wanted);
      const auto after = wanted_from_sql(*connection, with_schemas(text(item.at("metadata"))), wanted);
      found = compare(before, after, compare_options(options));
    } catch (const std::exception& error) {
      ADD_FAILURE() << id << ": " << error.what();
      continue;
    }
    ++compared;
    for (const auto& difference : expected) {
      EXPECT_TRUE(std::ranges::any_of(found, [&](const auto& candidate) { return covers(candidate, difference); }))
          << id << " lacks " << difference.text();
    }
    for (const auto& difference : found) {
      const bool known =
          std::ranges::any_of(expected, [&](const auto& candidate) { return covers(difference, candidate); });
      if (known) continue;
      ++more;
      for (const auto& trait : traits_of(difference)) {
        EXPECT_TRUE(unseen_by_alembic.contains(trait)) << id << " has " << trait << ": " << description(difference);
      }
      listed << id << ": " << description(difference) << '\n';
    }
  }
  std::cout << compared << " pairs; " << more << " differences that Alembic does not see are listed in "
            << SUPPORT_BINARY_DIR "/autogen_more.txt\n";
}

}  // namespace
}  // namespace support::tests
