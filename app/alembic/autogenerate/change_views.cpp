#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/autogenerate/column_changes.hpp"
#include "app/alembic/autogenerate/object_comments.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

using schema::quote_identifier;

std::string name_of_view(const View& view) {
  return schema::qualified_name(view.name, view.schema);
}

std::string kind_of(const View& view) {
  return view.materialized ? "MATERIALIZED VIEW" : "VIEW";
}

std::string commented(const View& view) {
  return fmt::format("{} {}", kind_of(view), name_of_view(view));
}

std::string commented(const View& view, const Column& column) {
  return fmt::format("COLUMN {}.{}", name_of_view(view), quote_identifier(column.name));
}

// "fillfactor=70"
std::pair<std::string, std::string> name_and_value(const std::string& option) {
  const auto equals = std::min(option.find('='), option.size());
  return {option.substr(0, equals), option.substr(std::min(equals + 1, option.size()))};
}

// A word or a number as it is, anything else as a constant.
std::string option_value(const std::string& value) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz_";
  constexpr std::string_view digits = "0123456789";
  const auto consists_of = [&](std::string_view characters) {
    return !value.empty() && value.find_first_not_of(characters) == std::string::npos;
  };
  return consists_of(plain) || consists_of(digits) ? value : schema::quote_literal(value);
}

schema::NamePairs parameters(const Texts& options) {
  schema::NamePairs result;
  for (const auto& option : options) {
    const auto [name, value] = name_and_value(option);
    if (name != "check_option") result.emplace_back(name, option_value(value));
  }
  return result;
}

schema::CheckOption check_option(const View& view) {
  for (const auto& option : view.options) {
    const auto [name, value] = name_and_value(option);
    if (name != "check_option") continue;
    return value == "local" ? schema::CheckOption::local : schema::CheckOption::cascaded;
  }
  return schema::CheckOption::none;
}

// The server's text begins with a blank and ends in a semicolon.
std::string query_of(const View& view) {
  constexpr std::string_view blanks_and_semicolons = " \n;";
  const auto& text = view.definition;
  const auto first = text.find_first_not_of(blanks_and_semicolons);
  if (first == std::string::npos) return text;
  return text.substr(first, text.find_last_not_of(blanks_and_semicolons) - first + 1);
}

schema::View view_of(const View& view) {
  return schema::View(view.name, query_of(view),
                      {.with = parameters(view.options), .check_option = check_option(view), .schema = view.schema});
}

schema::MaterializedView materialized_view_of(const View& view) {
  return schema::MaterializedView(view.name, query_of(view),
                                  {.using_ = view.access_method,
                                   .with = parameters(view.options),
                                   .tablespace = view.tablespace,
                                   .with_data = view.populated,
                                   .schema = view.schema});
}

// `before` is null for a column that the view has not had.
void append_column(OperationList& operations, const View& view, const Column* before, const Column& after) {
  const auto old_default = before == nullptr ? std::nullopt : before->default_sql;
  if (old_default != after.default_sql) {
    operations.push_back(
        Execute{fmt::format("ALTER VIEW {} ALTER COLUMN {} {}", name_of_view(view), quote_identifier(after.name),
                            after.default_sql ? "SET DEFAULT " + *after.default_sql : "DROP DEFAULT")});
  }
  append_comment_change(operations, commented(view, after), before == nullptr ? "" : before->comment, after.comment);
}

// A view can be replaced by one that has the same columns and perhaps more behind them.
bool begins_with_columns_of(const View& after, const View& before) {
  const auto same = [](const Column& one, const Column& other) {
    return one.name == other.name && one.type == other.type && one.collation == other.collation;
  };
  return after.columns.size() >= before.columns.size() &&
         std::equal(before.columns.begin(), before.columns.end(), after.columns.begin(), same);
}

// How a materialized view is stored.
void append_storage(OperationList& operations, const View& before, const View& after) {
  const auto alter = [&](std::string_view what) {
    operations.push_back(Execute{fmt::format("ALTER MATERIALIZED VIEW {} {}", name_of_view(after), what)});
  };
  if (before.access_method != after.access_method) {
    alter("SET ACCESS METHOD " + quote_identifier(after.access_method.empty() ? "heap" : after.access_method));
  }
  if (before.tablespace != after.tablespace) {
    alter("SET TABLESPACE " + quote_identifier(after.tablespace.empty() ? "pg_default" : after.tablespace));
  }
  const auto has_name = [&](const Index& index) { return index.name == after.cluster_index; };
  if (before.cluster_index != after.cluster_index && after.cluster_index.empty()) {
    alter("SET WITHOUT CLUSTER");
  } else if (before.cluster_index != after.cluster_index && std::ranges::any_of(before.indexes, has_name)) {
    operations.push_back(cluster_operation(after));
  }
  Texts set;
  for (const auto& [name, value] : parameters(after.options)) set.push_back(fmt::format("{} = {}", name, value));
  Texts reset;
  for (const auto& option : before.options) {
    const auto name = name_and_value(option).first;
    const auto is_set = [&](const auto& other) { return name_and_value(other).first == name; };
    if (std::ranges::none_of(after.options, is_set)) reset.push_back(name);
  }
  if (before.options == after.options) return;
  if (!reset.empty()) alter(fmt::format("RESET ({})", fmt::join(reset, ", ")));
  if (!set.empty()) alter(fmt::format("SET ({})", fmt::join(set, ", ")));
}

}  // namespace

OperationList create_operations(const View& view) {
  OperationList operations;
  if (view.materialized) {
    operations.push_back(CreateMaterializedView{materialized_view_of(view)});
  } else {
    operations.push_back(CreateView{view_of(view)});
  }
  append_comment(operations, commented(view), view.comment);
  for (const auto& column : view.columns) {
    append_column(operations, view, nullptr, column);
    if (!view.materialized) continue;
    auto plain = column;
    plain.storage.clear();
    plain.compression.clear();
    plain.statistics.reset();
    plain.options.clear();
    std::ranges::move(view_column_operations({{view.schema, view.name}, true}, plain, column),
                      std::back_inserter(operations));
  }
  return operations;
}

Operation cluster_operation(const View& view) {
  return Execute{fmt::format("ALTER MATERIALIZED VIEW {} CLUSTER ON {}", name_of_view(view),
                             quote_identifier(view.cluster_index))};
}

OperationList drop_operations(const View& view) {
  if (view.materialized) {
    return {DropMaterializedView{.name = view.name, .schema = view.schema, .existing = materialized_view_of(view)}};
  }
  return {DropView{.name = view.name, .schema = view.schema, .existing = view_of(view)}};
}

// Whether a materialized view holds its rows is none of its definition, so it is left as it is.
std::optional<OperationList> alter_operations(const View& before, const View& after) {
  const bool same_query = before.definition == after.definition;
  if (before.materialized != after.materialized || (after.materialized && !same_query) ||
      !begins_with_columns_of(after, before)) {
    return std::nullopt;
  }
  OperationList operations;
  if (after.materialized) {
    append_storage(operations, before, after);
  } else if (!same_query || before.options != after.options) {
    operations.push_back(CreateView{.object = view_of(after), .or_replace = true, .existing = view_of(before)});
  }
  append_comment_change(operations, commented(after), before.comment, after.comment);
  for (std::size_t i = 0; i < after.columns.size(); ++i) {
    append_column(operations, after, i < before.columns.size() ? &before.columns[i] : nullptr, after.columns[i]);
  }
  return operations;
}

}  // namespace support::alembic::autogenerate
