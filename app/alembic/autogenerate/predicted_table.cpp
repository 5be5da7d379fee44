#include "app/alembic/autogenerate/predicted_table.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "app/alembic/autogenerate/predicted_check.hpp"
#include "app/alembic/autogenerate/predicted_default.hpp"
#include "app/alembic/autogenerate/predicted_key.hpp"
#include "app/alembic/autogenerate/predicted_type.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

std::int64_t greatest(const std::string& type) {
  if (type == "smallint") return std::numeric_limits<std::int16_t>::max();
  if (type == "integer") return std::numeric_limits<std::int32_t>::max();
  return std::numeric_limits<std::int64_t>::max();
}

void add_sequence(PredictedTable& predicted, Column& column) {
  const auto& table = predicted.table;
  auto& sequence = column.sequence.emplace();
  sequence.schema = table.schema;
  sequence.name = generated_name(predicted, table.name + '_' + column.name + "_seq");
  sequence.options.type = column.type;
  sequence.options.maximum = greatest(column.type);
}

int positive(SqlCursor& cursor) {
  const auto value = cursor.small_integer();
  if (value == 0) throw NotPredictable();
  return value;
}

// "SEQUENCE NAME s START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1)", as pg_dump writes it, or parts of it.
void read_sequence_options(SqlCursor& cursor, PredictedTable& predicted, ColumnSequence& sequence) {
  auto& options = sequence.options;
  if (cursor.take("SEQUENCE NAME")) {
    auto name = cursor.qualified_name();
    if (name.schema != sequence.schema) throw NotPredictable();
    std::erase(predicted.generated_names, sequence.name);
    sequence.name = std::move(name.name);
  }
  if (cursor.take("START WITH") || cursor.take("START")) options.start = positive(cursor);
  if (cursor.take("INCREMENT BY") || cursor.take("INCREMENT")) options.increment = positive(cursor);
  cursor.take("NO MINVALUE");
  cursor.take("NO MAXVALUE");
  if (cursor.take("CACHE")) options.cache = positive(cursor);
  cursor.require_symbol(')');
}

// A column's own words, and what they ask of its table.
struct ColumnWords {
  std::optional<KeyWords> primary_key;
  std::optional<KeyWords> unique;
  std::optional<ForeignKeyWords> foreign_key;
};

class ColumnReader {
 public:
  ColumnReader(SqlCursor& cursor, PredictedTable& predicted, const PredictionScope& scope)
      : cursor_(cursor), predicted_(predicted), scope_(scope) {}

  Column read(ColumnWords& words) {
    column_.name = cursor_.identifier();
    type_ = read_type(cursor_);
    column_.type = type_.sql;
    if (type_.is_serial) {
      add_sequence(predicted_, column_);
      column_.not_null = true;
    }
    while (read_word(words)) {
    }
    if (is_nullable_ && (column_.not_null || words.primary_key)) throw NotPredictable();
    return std::move(column_);
  }

 private:
  bool read_word(ColumnWords& words) {
    std::string name;
    if (cursor_.take("CONSTRAINT")) name = cursor_.identifier();
    if (name.empty() && cursor_.take("NOT NULL")) {
      column_.not_null = true;
    } else if (name.empty() && cursor_.take("NULL")) {
      is_nullable_ = true;
    } else if (name.empty() && cursor_.take("DEFAULT")) {
      if (column_.default_sql || column_.sequence) throw NotPredictable();
      column_.default_sql = read_default(cursor_, type_);
    } else if (name.empty() && cursor_.take("GENERATED")) {
      if (column_.default_sql) throw NotPredictable();
      read_identity(cursor_, predicted_, column_);
    } else if (cursor_.take("PRIMARY KEY")) {
      once(words.primary_key) = read_key_words(cursor_, std::move(name), ConstraintKind::primary_key);
    } else if (cursor_.take("UNIQUE")) {
      once(words.unique) = read_key_words(cursor_, std::move(name), ConstraintKind::unique);
    } else if (cursor_.take("REFERENCES")) {
      once(words.foreign_key) = read_foreign_key_words(cursor_, std::move(name), scope_);
    } else if (cursor_.take("CHECK")) {
      read_check(cursor_, std::move(name), predicted_, &column_);
    } else if (!name.empty()) {
      throw NotPredictable();
    } else {
      return false;
    }
    return true;
  }

  template <class Words>
  static std::optional<Words>& once(std::optional<Words>& words) {
    if (words) throw NotPredictable();
    return words;
  }

  SqlCursor& cursor_;
  PredictedTable& predicted_;
  const PredictionScope& scope_;
  Column column_;
  PredictedType type_;
  bool is_nullable_ = false;
};

// Foreign keys wait for the keys of the whole statement, to which they may refer.
struct PendingForeignKey {
  Texts columns;
  ForeignKeyWords words;
};

void read_constraint(SqlCursor& cursor, PredictedTable& predicted, const PredictionScope& scope,
                     std::vector<PendingForeignKey>& foreign_keys) {
  std::string name;
  if (cursor.take("CONSTRAINT")) name = cursor.identifier();
  for (const auto& [words, kind] :
       {std::pair("PRIMARY KEY", ConstraintKind::primary_key), std::pair("UNIQUE", ConstraintKind::unique)}) {
    if (!cursor.take(words)) continue;
    const bool is_distinct = kind == ConstraintKind::primary_key || !cursor.take("NULLS NOT DISTINCT");
    const auto columns = cursor.identifiers_in_parentheses();
    auto key = read_key_words(cursor, std::move(name), kind);
    key.nulls_not_distinct = !is_distinct;
    add_key(predicted, columns, std::move(key));
    return;
  }
  if (cursor.take("CHECK")) {
    read_check(cursor, std::move(name), predicted, nullptr);
    return;
  }
  cursor.require("FOREIGN KEY");
  auto columns = cursor.identifiers_in_parentheses();
  cursor.require("REFERENCES");
  foreign_keys.push_back({std::move(columns), read_foreign_key_words(cursor, std::move(name), scope)});
}

bool is_table_constraint(SqlCursor cursor) {
  return cursor.take("CONSTRAINT") || cursor.take("PRIMARY KEY") || cursor.take("UNIQUE") ||
         cursor.take("FOREIGN KEY") || cursor.take("CHECK");
}

void read_key_part(SqlCursor& cursor, Index& index, std::string& body) {
  auto& key = index.keys.emplace_back();
  key.sql = cursor.identifier();
  body += (index.keys.size() > 1 ? ", " : "") + schema::quote_identifier(key.sql);
  const bool is_ascending = cursor.take("ASC");
  key.descending = !is_ascending && cursor.take("DESC");
  key.nulls_first = key.descending;
  if (cursor.take("NULLS FIRST")) key.nulls_first = true;
  if (cursor.take("NULLS LAST")) key.nulls_first = false;
  if (key.descending) body += " DESC";
  if (key.nulls_first != key.descending) body += key.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  const bool has_order = is_ascending || key.descending || key.nulls_first;
  if (has_order && index.method != "btree") throw NotPredictable();
}

}  // namespace

QualifiedName resolved(QualifiedName name, const PredictionScope& scope) {
  if (name.schema.empty()) name.schema = scope.default_schema;
  if (name.schema.empty()) throw NotPredictable();
  return name;
}

Column& column_named(Table& table, const std::string& name) {
  const auto column = std::ranges::find(table.columns, name, &Column::name);
  if (column == table.columns.end()) throw NotPredictable();
  return *column;
}

void read_identity(SqlCursor& cursor, PredictedTable& predicted, Column& column) {
  column.identity = cursor.take("ALWAYS") ? Identity::always : Identity::by_default;
  if (column.identity == Identity::by_default) cursor.require("BY DEFAULT");
  cursor.require("AS IDENTITY");
  const bool is_integer = column.type == "smallint" || column.type == "integer" || column.type == "bigint";
  if (column.sequence || !is_integer) throw NotPredictable();
  add_sequence(predicted, column);
  column.not_null = true;
  if (cursor.take_symbol('(')) read_sequence_options(cursor, predicted, *column.sequence);
}

void read_table_elements(SqlCursor& cursor, PredictedTable& predicted, const PredictionScope& scope) {
  std::vector<PendingForeignKey> foreign_keys;
  std::vector<std::pair<std::string, ColumnWords>> column_words;
  cursor.require_symbol('(');
  do {
    if (is_table_constraint(cursor)) {
      read_constraint(cursor, predicted, scope, foreign_keys);
      continue;
    }
    ColumnWords words;
    auto column = ColumnReader(cursor, predicted, scope).read(words);
    const auto& columns = predicted.table.columns;
    if (std::ranges::find(columns, column.name, &Column::name) != columns.end()) throw NotPredictable();
    column_words.emplace_back(column.name, std::move(words));
    predicted.table.columns.push_back(std::move(column));
  } while (cursor.take_symbol(','));
  cursor.require_symbol(')');
  for (auto& [name, words] : column_words) {
    if (words.primary_key) add_key(predicted, {name}, std::move(*words.primary_key));
    if (words.unique) add_key(predicted, {name}, std::move(*words.unique));
    if (words.foreign_key) foreign_keys.push_back({{name}, std::move(*words.foreign_key)});
  }
  for (auto& [columns, words] : foreign_keys) add_foreign_key(predicted, columns, std::move(words), scope);
}

void read_table_constraint(SqlCursor& cursor, PredictedTable& predicted, const PredictionScope& scope) {
  std::vector<PendingForeignKey> foreign_keys;
  read_constraint(cursor, predicted, scope, foreign_keys);
  for (auto& [columns, words] : foreign_keys) add_foreign_key(predicted, columns, std::move(words), scope);
}

void read_index(SqlCursor& cursor, PredictedTable& predicted, Index index) {
  if (cursor.take("USING")) index.method = cursor.identifier();
  std::string keys;
  cursor.require_symbol('(');
  do {
    read_key_part(cursor, index, keys);
  } while (cursor.take_symbol(','));
  cursor.require_symbol(')');
  index.body = fmt::format("{} ({})", schema::quote_identifier(index.method), keys);
  if (cursor.take("INCLUDE")) {
    index.include = cursor.identifiers_in_parentheses();
    index.body += fmt::format(" INCLUDE ({})", schema::identifier_list(index.include));
  }
  if (cursor.take("NULLS NOT DISTINCT")) {
    if (!index.unique) throw NotPredictable();
    index.nulls_not_distinct = true;
    index.body += " NULLS NOT DISTINCT";
  }
  Texts columns;
  for (const auto& key : index.keys) columns.push_back(key.sql);
  columns.insert(columns.end(), index.include.begin(), index.include.end());
  for (const auto& column : columns) column_named(predicted.table, column);
  if (index.name.empty()) {
    index.name = generated_name(predicted, fmt::format("{}_{}_idx", predicted.table.name, fmt::join(columns, "_")));
  }
  auto& indexes = predicted.table.indexes;
  indexes.insert(std::ranges::lower_bound(indexes, index.name, {}, &Index::name), std::move(index));
}

}  // namespace support::alembic::autogenerate
