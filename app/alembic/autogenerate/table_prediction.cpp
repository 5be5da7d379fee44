#include "app/alembic/autogenerate/table_prediction.hpp"

#include <algorithm>

#include "app/alembic/autogenerate/predicted_default.hpp"
#include "app/alembic/script/statement_words.hpp"

namespace support::alembic::autogenerate {
namespace {

// A name that the server may give twice in a schema, because somebody has asked for it.
bool may_be_repeated(const PredictedTable& predicted, const std::string& name) {
  const auto& constraints = predicted.table.constraints;
  const auto constraint = std::ranges::find(constraints, name, &Constraint::name);
  return constraint != constraints.end() && constraint->kind == ConstraintKind::foreign_key &&
         std::ranges::find(predicted.generated_names, name) == predicted.generated_names.end();
}

std::string comment_text(SqlCursor& cursor) {
  cursor.require("IS");
  return cursor.take("NULL") ? std::string() : cursor.string();
}

void require_end(const SqlCursor& cursor) {
  if (!cursor.at_end()) throw NotPredictable();
}

}  // namespace

Texts names_of(const Table& table) {
  Texts names{table.name};
  for (const auto& column : table.columns) {
    if (column.sequence) names.push_back(column.sequence->name);
    if (column.not_null) names.push_back(table.name + '_' + column.name + "_not_null");
    if (!column.not_null_name.empty()) names.push_back(column.not_null_name);
  }
  for (const auto& constraint : table.constraints) names.push_back(constraint.name);
  for (const auto& index : table.indexes) names.push_back(index.name);
  return names;
}

TablePrediction::TablePrediction(std::string default_schema, WordSet search_path)
    : default_schema_(std::move(default_schema)),
      search_path_(std::move(search_path)),
      schemas_{"public", name_of(default_schema_)} {
  search_path_.erase(default_schema_);
}

void TablePrediction::add(std::string_view statement, std::size_t number) {
  if (!is_certain_) return;
  if (understand(statement, number)) {
    texts_[number] = statement;
    return;
  }
  switch (reach(statement)) {
    case Reach::nothing:
      return;
    case Reach::search_path:
      default_schema_.clear();
      return;
    case Reach::everything:
      give_up();
      return;
    case Reach::named_objects:
      break;
  }
  auto words = words_in(statement);
  const bool is_schema = begins_with(leading_words(statement, 2), {"CREATE", "SCHEMA"});
  if (is_schema) schemas_.insert(words.begin(), words.end());
  if (is_schema && std::ranges::any_of(words, [&](const auto& word) { return search_path_.contains(word); })) {
    give_up();
    return;
  }
  mentioned_.merge(std::move(words));
}

bool TablePrediction::understand(std::string_view statement, std::size_t number) {
  try {
    SqlCursor cursor(statement);
    if (cursor.take("CREATE TABLE")) {
      create_table(cursor, number);
    } else if (cursor.take("CREATE INDEX")) {
      create_index(cursor, {}, number);
    } else if (cursor.take("CREATE UNIQUE INDEX")) {
      Index index;
      index.unique = true;
      create_index(cursor, std::move(index), number);
    } else if (cursor.take("ALTER TABLE")) {
      alter_table(cursor, number);
    } else if (cursor.take("COMMENT ON")) {
      comment(cursor, number);
    } else {
      return false;
    }
    return true;
  } catch (const NotPredictable&) {
    return false;
  }
}

void TablePrediction::create_table(SqlCursor& cursor, std::size_t number) {
  cursor.take("IF NOT EXISTS");
  PredictedTable predicted;
  auto name = resolved(cursor.qualified_name(), scope());
  if (tables_.contains(name) || !schemas_.contains(name_of(name.schema))) throw NotPredictable();
  predicted.table.schema = std::move(name.schema);
  predicted.table.name = std::move(name.name);
  read_table_elements(cursor, predicted, scope());
  require_end(cursor);
  keep(std::move(predicted), number);
}

void TablePrediction::create_index(SqlCursor& cursor, Index index, std::size_t number) {
  cursor.take("CONCURRENTLY");
  cursor.take("IF NOT EXISTS");
  if (!cursor.take("ON")) {
    index.name = cursor.identifier();
    cursor.require("ON");
  }
  cursor.take("ONLY");
  auto predicted = copy_of(cursor.qualified_name());
  read_index(cursor, predicted, std::move(index));
  require_end(cursor);
  keep(std::move(predicted), number);
}

void TablePrediction::alter_table(SqlCursor& cursor, std::size_t number) {
  cursor.take("ONLY");
  auto predicted = copy_of(cursor.qualified_name());
  do {
    if (cursor.take("ALTER COLUMN") || cursor.take("ALTER")) {
      alter_column(cursor, predicted);
    } else {
      cursor.require("ADD");
      read_table_constraint(cursor, predicted, scope());
    }
  } while (cursor.take_symbol(','));
  require_end(cursor);
  keep(std::move(predicted), number);
}

void TablePrediction::alter_column(SqlCursor& cursor, PredictedTable& predicted) {
  auto& column = column_named(predicted.table, cursor.identifier());
  if (cursor.take("ADD GENERATED")) {
    // One that may be NULL can't become an identity.
    if (!column.not_null || column.default_sql) throw NotPredictable();
    read_identity(cursor, predicted, column);
    return;
  }
  cursor.require("SET NOT NULL");
  column.not_null = true;
}

void TablePrediction::comment(SqlCursor& cursor, std::size_t number) {
  if (cursor.take("TABLE")) {
    auto predicted = copy_of(cursor.qualified_name());
    predicted.table.comment = comment_text(cursor);
    require_end(cursor);
    keep(std::move(predicted), number);
    return;
  }
  cursor.require("COLUMN");
  auto table = cursor.qualified_name();
  if (table.schema.empty()) throw NotPredictable();
  std::string column;
  if (cursor.take_symbol('.')) {
    column = cursor.identifier();
  } else {
    column = std::exchange(table.name, std::exchange(table.schema, {}));
  }
  auto predicted = copy_of(std::move(table));
  column_named(predicted.table, column).comment = comment_text(cursor);
  require_end(cursor);
  keep(std::move(predicted), number);
}

PredictionScope TablePrediction::scope() const {
  return {default_schema_, [this](const QualifiedName& name) -> const PredictedTable* {
            const auto found = tables_.find(name);
            return found == tables_.end() ? nullptr : &found->second;
          }};
}

PredictedTable TablePrediction::copy_of(QualifiedName name) const {
  const auto found = tables_.find(resolved(std::move(name), scope()));
  if (found == tables_.end()) throw NotPredictable();
  return found->second;
}

// Two objects can't have a name, and one that the server makes up gets a number where it is taken.
void TablePrediction::keep(PredictedTable predicted, std::size_t number) {
  const auto& table = predicted.table;
  const QualifiedName key{table.schema, table.name};
  const auto old = tables_.find(key);
  std::set<QualifiedName> old_names;
  if (old != tables_.end()) {
    for (auto& name : names_of(old->second.table)) old_names.insert({table.schema, std::move(name)});
  }
  std::set<QualifiedName> own_names;
  for (auto& name : names_of(table)) {
    QualifiedName full{table.schema, std::move(name)};
    const bool is_taken = !old_names.contains(full) && names_.contains(full);
    if (!own_names.insert(full).second || (is_taken && !may_be_repeated(predicted, full.name))) throw NotPredictable();
  }
  names_.insert(own_names.begin(), own_names.end());
  predicted.statements.push_back(number);
  tables_.insert_or_assign(key, std::move(predicted));
}

void TablePrediction::leave_out(const std::function<bool(const PredictedTable&)>& has_to_run) {
  bool is_settled = false;
  bool is_first = true;
  while (!is_settled) {
    is_settled = std::erase_if(tables_, [&](const auto& entry) {
                   const auto& predicted = entry.second;
                   const bool goes =
                       (is_first && has_to_run(predicted)) || is_mentioned(predicted) || refers_to_others(predicted);
                   if (!goes) return false;
                   for (const auto number : predicted.statements) mentioned_.merge(words_in(texts_.at(number)));
                   return true;
                 }) == 0;
    is_first = false;
  }
}

// By its name, also that of its rows' type or of an array of them, or by that of a part.
bool TablePrediction::is_mentioned(const PredictedTable& predicted) const {
  const auto spoken_of = [&](const std::string& name) { return mentioned_.contains(name_of(name)); };
  return spoken_of('_' + predicted.table.name) || std::ranges::any_of(names_of(predicted.table), spoken_of);
}

bool TablePrediction::refers_to_others(const PredictedTable& predicted) const {
  return std::ranges::any_of(predicted.table.constraints, [&](const Constraint& constraint) {
    return constraint.kind == ConstraintKind::foreign_key &&
           !tables_.contains({constraint.referent.schema, constraint.referent.table});
  });
}

void TablePrediction::give_up() {
  is_certain_ = false;
  tables_.clear();
}

}  // namespace support::alembic::autogenerate
