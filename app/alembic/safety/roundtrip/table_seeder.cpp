#include "app/alembic/safety/roundtrip/table_seeder.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/safety/roundtrip/column_groups.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::safety {
namespace {

using autogenerate::Column;
using autogenerate::Constraint;
using autogenerate::ConstraintKind;
using autogenerate::Generated;
using autogenerate::Identity;
using autogenerate::Table;
using schema::qualified_name;
using schema::quote_identifier;
using schema::quote_literal;

// Of what may be combined to satisfy the conditions of a group.
constexpr double most_combinations = 20'000;
constexpr std::size_t most_candidates = 60;
constexpr std::size_t fewest_candidates = 12;  // where it is about NULL
// Of MadeUpValues, which has several in one answer.
constexpr unsigned editions = 3;
// Of what is let through.
constexpr std::size_t most_solutions = 60;
// Where each has to be asked about by itself.
constexpr std::size_t most_single_tries = 300;
constexpr std::size_t enough_single_finds = 6;
constexpr std::size_t most_referents = 5;
constexpr auto null = "NULL";
constexpr auto by_default = "DEFAULT";

// What the columns of a group may hold together: an SQL expression each.
using Solution = std::map<std::string, std::string>;

bool is_counted(const Column& column) {
  return column.identity != Identity::none || column.is_serial();
}

struct Failed {
  std::string why;
  std::string sqlstate;

  // A constraint, which no role can silence.
  bool breaks_constraint() const { return sqlstate.starts_with("23"); }
};

// A statement that may fail without ending the transaction; what the server said, when it did.
std::optional<Failed> attempt(Connection& connection, const std::function<void()>& work) {
  connection.execute("SAVEPOINT made_up");
  try {
    work();
  } catch (const DatabaseError& error) {
    if (ends_session(error.sqlstate())) throw;
    connection.execute("ROLLBACK TO made_up");
    connection.execute("RELEASE made_up");
    const auto& detail = error.report().detail;
    return Failed{detail.empty() ? std::string(error.what()) : fmt::format("{} ({})", error.what(), detail),
                  error.sqlstate()};
  }
  connection.execute("RELEASE made_up");
  return std::nullopt;
}

// Fills one table.
class TableSeeder {
 public:
  TableSeeder(const SeedingContext& shared, const Table& table, const std::vector<std::string>& conditions)
      : shared_(shared), table_(table), conditions_(conditions) {
    for (const auto& column : table.columns) add_domain_conditions(column);
  }

  // Why there are no rows, when there are none.
  std::optional<std::string> seed(std::size_t rows) {
    const bool refers =
        std::ranges::any_of(table_.constraints, [&](const Constraint& key) { return refers_to_itself(table_, key); });
    if (!refers || rows == 1) return seed_together(rows);
    // So that the others have one to refer to.
    if (auto why = seed_together(1)) return why;
    seed_together(rows - 1);
    return std::nullopt;
  }

 private:
  enum class Kind { full, defaults, nulls };
  using Cells = std::vector<std::string>;  // in the order of columns_

  struct Refusal {
    std::string why;
  };

  // What was found for a group.
  struct Solved {
    std::vector<Solution> all;
    Solution sparsest;  // with the most NULLs
  };

  // What holds of a column because its type is a domain: VALUE is a name like any other outside of one.
  void add_domain_conditions(const Column& column) {
    const auto name = quote_identifier(column.name);
    for (auto type = column.type; const auto* domain = shared_.values.find_domain(type); type = domain->type) {
      for (const auto& check : domain->checks) {
        auto definition = std::string_view(check.definition);
        if (definition.starts_with("CHECK ")) definition.remove_prefix(6);
        if (definition.ends_with(" NOT VALID")) definition.remove_suffix(10);
        conditions_.push_back(fmt::format(R"((SELECT {} FROM (SELECT {} AS "value") AS of_domain))", definition, name));
      }
    }
  }

  // Of the type behind a domain: the conditions decide, where a cast would fail.
  std::string type_of(const Column& column) const {
    auto type = column.type;
    while (const auto* domain = shared_.values.find_domain(type)) type = domain->type;
    return type;
  }

  bool may_be_null(const Column& column) const {
    if (column.not_null) return false;
    for (auto type = column.type; const auto* domain = shared_.values.find_domain(type); type = domain->type) {
      if (domain->not_null) return false;
    }
    return true;
  }

  std::optional<std::string> seed_together(std::size_t rows) {
    try {
      solve_groups();
      std::vector<Kind> kinds = {Kind::full};
      if (rows > 2) kinds.push_back(Kind::defaults);
      if (rows > 1 && shared_.rows == SeedRows::all) kinds.push_back(Kind::nulls);
      choose_columns();
      std::vector<Cells> all;
      for (std::size_t i = 0; i < kinds.size(); ++i) all.push_back(row(kinds[i], i, kinds.size()));
      return insert(all);
    } catch (const Refusal& refusal) {
      return refusal.why;
    }
  }

  // What a solution is wanted for: a value in every column where there may be one, or as few as there may be.
  enum class Wanted { values, nulls };

  void solve_groups() {
    solutions_.clear();
    explicit_.clear();
    copied_.clear();
    for (const auto& group : find_groups(table_, conditions_)) {
      std::string error;
      auto keys = group.foreign_keys;
      auto found = solve(group, keys, Wanted::values, error);
      if (found.empty() && take_out_keys_to_itself(keys)) found = solve(group, keys, Wanted::values, error);
      if (found.empty()) throw Refusal{why_unsolved(group, error)};
      auto sparse = solve(group, keys, Wanted::nulls, error);
      auto sparsest = sparse.empty() ? found.front() : std::move(sparse.front());
      solutions_.push_back({std::move(found), std::move(sparsest)});
    }
    if (!solutions_.empty()) shared_.next += 2 * editions;
  }

  // An empty table whose rows must refer to one of its own: they refer to themselves. False when there is no such key.
  bool take_out_keys_to_itself(std::vector<const Constraint*>& keys) {
    return std::erase_if(keys, [&](const Constraint* key) {
             if (!refers_to_itself(table_, *key)) return false;
             for (std::size_t i = 0; i < key->columns.size(); ++i) {
               copied_[key->columns[i]] = key->referent.columns.at(i);
               explicit_.insert(key->referent.columns.at(i));
             }
             return true;
           }) > 0;
  }

  std::string why_unsolved(const ColumnGroup& group, const std::string& error) const {
    std::vector<std::string> names;
    for (const auto* column : group.columns) names.push_back(column->name);
    std::vector<std::string> referents;
    for (const auto* key : group.foreign_keys) referents.push_back(key->referent.table);
    if (group.conditions.empty()) {
      return fmt::format("{} must refer to rows of {}, which has none that fit", fmt::join(names, ", "),
                         fmt::join(referents, ", "));
    }
    return fmt::format("no values of {} were found that satisfy {}{}", fmt::join(names, ", "),
                       fmt::join(group.conditions, " and "), error.empty() ? "" : fmt::format(" ({})", error));
  }

  std::vector<std::string> values_of(const Column& column, const CheckConstants& hints, unsigned n) {
    const auto type = type_of(column);
    auto values = shared_.values.values(type, n, hints);
    if (!values.empty()) return values;
    const auto spelling = spelling_of(type);
    if (!spelling.empty()) values.push_back(spelling);
    return values;
  }

  // Of a type that only the server knows.
  const std::string& spelling_of(const std::string& type) {
    const auto [found, is_new] = shared_.spellings.try_emplace(type);
    if (!is_new) return found->second;
    for (const auto* text : {"1", "a", "{}", "[]", "(1,1)", "[1,2,3]", "2020-01-01", "", "POINT(1 1)", "1.0", "true"}) {
      const auto expression = fmt::format("{}::{}", quote_literal(text), type);
      if (attempt(shared_.connection, [&] { shared_.connection.query("SELECT " + expression); })) continue;
      found->second = expression;
      break;
    }
    return found->second;
  }

  std::string source_of_key(const Constraint& key, std::size_t number, std::string& names) const {
    std::vector<std::string> selected;
    std::vector<std::string> aliases;
    std::vector<std::string> nulls;
    std::vector<std::string> filled;
    bool is_optional = false;
    bool all_nullable = true;
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      const auto column = std::ranges::find(table_.columns, key.columns[i], &Column::name);
      const auto referent = quote_identifier(key.referent.columns.at(i));
      const auto type = type_of(*column);
      selected.push_back(fmt::format("{}::{}", referent, type));
      nulls.push_back(fmt::format("NULL::{}", type));
      filled.push_back(referent + " IS NOT NULL");
      aliases.push_back(quote_identifier(key.columns[i]));
      is_optional = is_optional || may_be_null(*column);
      all_nullable = all_nullable && may_be_null(*column);
    }
    auto sql = fmt::format("(SELECT {} FROM {} WHERE {} ORDER BY ctid DESC LIMIT {})", fmt::join(selected, ", "),
                           qualified_name(key.referent.table, key.referent.schema), fmt::join(filled, " AND "),
                           most_referents);
    if (is_optional && all_nullable) sql = fmt::format("({} UNION ALL SELECT {})", sql, fmt::join(nulls, ", "));
    names = fmt::format("k{}", number);
    return fmt::format("{} AS {}({})", sql, names, fmt::join(aliases, ", "));
  }

  // What satisfies all conditions, among the candidates for every column; the server chooses.
  std::vector<Solution> solve(const ColumnGroup& group, const std::vector<const Constraint*>& keys, Wanted what,
                              std::string& error) {
    CheckConstants hints;
    for (const auto& condition : group.conditions) hints.add(condition);
    // Columns that are held against each other need several values, too.
    if (!group.conditions.empty() && hints.empty()) hints.numbers.emplace_back("1");
    std::vector<std::string> sources;
    std::vector<std::string> selected;
    std::vector<std::string> equal;
    std::map<std::string, std::string> given;  // columns by the key that gives their value
    for (const auto* key : keys) {
      std::string alias;
      sources.push_back(source_of_key(*key, sources.size(), alias));
      for (const auto& name : key->columns) {
        const auto quoted = quote_identifier(name);
        const auto [first, is_new] = given.emplace(name, alias);
        if (is_new) {
          selected.push_back(fmt::format("{}.{}", alias, quoted));
        } else {
          equal.push_back(fmt::format("{}.{} = {}.{}", first->second, quoted, alias, quoted));
        }
      }
    }
    std::vector<const Column*> free;
    std::vector<std::string> generated;
    for (const auto* column : group.columns) {
      if (given.contains(column->name)) continue;
      if (column->generated == Generated::none) {
        free.push_back(column);
      } else if (column->default_sql) {
        generated.push_back(
            fmt::format("({})::{} AS {}", *column->default_sql, type_of(*column), quote_identifier(column->name)));
      }
    }
    const auto share = std::pow(most_combinations / std::pow(most_referents + 1.0, static_cast<double>(keys.size())),
                                1.0 / std::max<double>(1, static_cast<double>(free.size())));
    // Other values than those of the rows beside it, as far as they must be unique.
    const auto n = shared_.next + (what == Wanted::nulls ? editions : 0);
    const auto least = what == Wanted::nulls ? fewest_candidates : most_candidates;
    const auto most = std::clamp<std::size_t>(static_cast<std::size_t>(share), 2, least);
    for (const auto* column : free) {
      auto candidates = values_of(*column, hints_of(*column, hints), n);
      if (candidates.size() > most) candidates.resize(most);
      if (may_be_null(*column)) candidates.push_back(fmt::format("NULL::{}", type_of(*column)));
      if (candidates.empty()) throw Refusal{unknown_type(*column)};
      const auto alias = fmt::format("v{}", sources.size());
      const auto quoted = quote_identifier(column->name);
      sources.push_back(fmt::format("(VALUES ({})) AS {}({})", fmt::join(candidates, "), ("), alias, quoted));
      selected.push_back(fmt::format("{}.{}", alias, quoted));
    }
    auto from = fmt::format("SELECT {} FROM {}", fmt::join(selected, ", "), fmt::join(sources, " CROSS JOIN "));
    if (!equal.empty()) from += fmt::format(" WHERE {}", fmt::join(equal, " AND "));
    if (!generated.empty()) from = fmt::format("SELECT *, {} FROM ({}) AS given", fmt::join(generated, ", "), from);
    return ask(group, from, what, error);
  }

  std::vector<Solution> ask(const ColumnGroup& group, const std::string& from, Wanted what, std::string& error) {
    std::vector<const Column*> wanted;
    std::vector<std::string> names;
    std::vector<std::string> texts;
    for (const auto* column : group.columns) {
      if (column->generated != Generated::none) continue;
      wanted.push_back(column);
      names.push_back(quote_identifier(column->name));
      texts.push_back(names.back() + "::text");
    }
    std::vector<std::string> conditions = {"true"};
    for (const auto& condition : group.conditions) conditions.push_back(fmt::format("({}) IS NOT FALSE", condition));
    const auto order = what == Wanted::nulls ? fmt::format(" ORDER BY num_nulls({}) DESC", fmt::join(names, ", ")) : "";
    const auto select = fmt::format("SELECT {} FROM ({}) AS made_up", fmt::join(texts, ", "), from);
    const auto where = fmt::format(" WHERE {}", fmt::join(conditions, " AND "));
    std::vector<Connection::Row> rows;
    const auto ask_for = [&](const std::string& sql) {
      return attempt(shared_.connection, [&] { rows = shared_.connection.query(sql); });
    };
    if (const auto failure = ask_for(fmt::format("{}{}{} LIMIT {}", select, where, order, most_solutions))) {
      // One candidate may be what a condition can't even look at, so each is asked about by itself.
      error = failure->why;
      rows.clear();
      if (ask_for(fmt::format("{}{} LIMIT {}", select, order, most_single_tries))) return {};
      rows = those_let_through(rows, wanted, group, conditions);
      if (!rows.empty()) error.clear();
    }
    std::vector<Solution> found;
    for (const auto& row : rows) {
      Solution solution;
      for (std::size_t i = 0; i < wanted.size(); ++i) solution[wanted[i]->name] = literal(*wanted[i], row.at(i));
      found.push_back(std::move(solution));
    }
    return found;
  }

  std::string literal(const Column& column, const std::optional<std::string>& value) const {
    return value ? fmt::format("{}::{}", quote_literal(*value), type_of(column)) : null;
  }

  std::vector<Connection::Row> those_let_through(const std::vector<Connection::Row>& rows,
                                                 const std::vector<const Column*>& columns, const ColumnGroup& group,
                                                 const std::vector<std::string>& conditions) {
    std::vector<std::string> generated = {"*"};
    for (const auto* column : group.columns) {
      if (column->generated == Generated::none || !column->default_sql) continue;
      generated.push_back(fmt::format("({}) AS {}", *column->default_sql, quote_identifier(column->name)));
    }
    std::vector<Connection::Row> through;
    for (const auto& row : rows) {
      std::vector<std::string> cells;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto value = row.at(i) ? literal(*columns[i], row.at(i)) : fmt::format("NULL::{}", type_of(*columns[i]));
        cells.push_back(fmt::format("{} AS {}", value, quote_identifier(columns[i]->name)));
      }
      const auto sql = fmt::format("SELECT {} FROM (SELECT {} FROM (SELECT {}) AS given) AS made_up",
                                   fmt::join(conditions, " AND "), fmt::join(generated, ", "), fmt::join(cells, ", "));
      bool holds = false;
      attempt(shared_.connection, [&] { holds = shared_.connection.scalar(sql) == "t"; });
      if (holds) through.push_back(row);
      if (through.size() == enough_single_finds) break;
    }
    return through;
  }

  // Those of its domains, too.
  CheckConstants hints_of(const Column& column, CheckConstants hints) const {
    for (auto type = column.type; const auto* domain = shared_.values.find_domain(type); type = domain->type) {
      for (const auto& check : domain->checks) hints.add(check.definition);
    }
    return hints;
  }

  std::string unknown_type(const Column& column) const {
    return fmt::format("{} is of type {}, and no value of it is known", column.name, column.type);
  }

  bool is_solved(const std::string& column) const {
    return std::ranges::any_of(solutions_, [&](const Solved& solved) { return solved.sparsest.contains(column); });
  }

  // What is counted by the server is left to it.
  void choose_columns() {
    columns_.clear();
    overrides_ = false;
    for (const auto& column : table_.columns) {
      if (column.generated != Generated::none) continue;
      if (is_counted(column) && !is_solved(column.name) && !explicit_.contains(column.name)) continue;
      if (column.identity == Identity::always) overrides_ = true;
      columns_.push_back(&column);
    }
  }

  // Of those with the fewest NULLs, spread over what was found, so that the rows differ in all columns.
  static const Solution& chosen(const Solved& solved, Kind kind, std::size_t number, std::size_t of) {
    if (kind == Kind::nulls) return solved.sparsest;
    const auto nulls = [](const Solution& solution) {
      return std::ranges::count_if(solution, [](const auto& cell) { return cell.second == null; });
    };
    std::vector<const Solution*> filled;
    const auto least = nulls(*std::ranges::min_element(solved.all, {}, nulls));
    for (const auto& solution : solved.all) {
      if (nulls(solution) == least) filled.push_back(&solution);
    }
    return *filled[number * filled.size() / of];
  }

  Cells row(Kind kind, std::size_t number, std::size_t of) {
    Cells cells;
    const auto n = shared_.next++;
    Solution solved;
    for (const auto& group : solutions_) {
      for (const auto& [name, value] : chosen(group, kind, number, of)) solved[name] = value;
    }
    for (const auto* column : columns_) {
      const auto found = solved.find(column->name);
      cells.push_back(found != solved.end() ? found->second : cell(*column, kind, n));
    }
    for (const auto& [copy, original] : copied_) copy_cell(cells, copy, original);
    return cells;
  }

  std::string cell(const Column& column, Kind kind, unsigned n) {
    const bool has_default = column.default_sql.has_value() && !is_counted(column);
    if (kind == Kind::nulls && may_be_null(column)) return null;
    if (kind == Kind::defaults && has_default) return by_default;
    const auto values = values_of(column, {}, n);
    // What the default would write anyway could be lost unseen.
    if (values.size() > 1 && has_default && values.front() == *column.default_sql) return values[1];
    if (!values.empty()) return values.front();
    if (has_default) return by_default;
    if (may_be_null(column)) return null;
    throw Refusal{unknown_type(column)};
  }

  void copy_cell(Cells& cells, const std::string& copy, const std::string& original) const {
    const auto place = [&](const std::string& name) {
      return static_cast<std::size_t>(std::ranges::find(columns_, name, &Column::name) - columns_.begin());
    };
    const auto from = place(original);
    const auto to = place(copy);
    if (from < cells.size() && to < cells.size()) cells[to] = cells[from];
  }

  // A conflict with rows that are there is no fault.
  std::string insert_sql(const std::vector<Cells>& rows) const {
    const auto table = qualified_name(table_.name, table_.schema);
    if (columns_.empty()) return fmt::format("INSERT INTO {} DEFAULT VALUES", table);
    std::vector<std::string> names;
    for (const auto* column : columns_) names.push_back(quote_identifier(column->name));
    std::vector<std::string> lines;
    for (const auto& cells : rows) lines.push_back(fmt::format("({})", fmt::join(cells, ", ")));
    return fmt::format("INSERT INTO {} ({}){} VALUES {} ON CONFLICT DO NOTHING", table, fmt::join(names, ", "),
                       overrides_ ? " OVERRIDING SYSTEM VALUE" : "", fmt::join(lines, ", "));
  }

  std::optional<std::string> insert(const std::vector<Cells>& rows) {
    auto& connection = shared_.connection;
    const auto run = [&](const std::string& sql) { return attempt(connection, [&] { connection.execute(sql); }); };
    if (!run(insert_sql(rows))) return std::nullopt;
    std::optional<std::string> why;
    bool has_one = false;
    for (const auto& cells : rows) {
      const auto sql = insert_sql({cells});
      auto failure = run(sql);
      if (failure && !failure->breaks_constraint()) {
        // A trigger may have refused it, which the superuser can silence.
        const auto again = attempt(connection, [&] {
          connection.execute("SET LOCAL session_replication_role = replica");
          connection.execute(sql);
          connection.execute("SET LOCAL session_replication_role = origin");
        });
        if (!again) failure.reset();
      }
      if (!failure) has_one = true;
      if (failure && !why) why = failure->why;
    }
    return has_one ? std::nullopt : why;
  }

  const SeedingContext& shared_;
  const Table& table_;
  std::vector<std::string> conditions_;
  std::vector<Solved> solutions_;              // of each group
  std::set<std::string> explicit_;             // columns that get a value though they are counted
  std::map<std::string, std::string> copied_;  // columns that get the value of another one
  std::vector<const Column*> columns_;         // that the statement names
  bool overrides_ = false;
};

}  // namespace

bool refers_to_itself(const Table& table, const Constraint& key) {
  return key.kind == ConstraintKind::foreign_key && key.referent.schema == table.schema &&
         key.referent.table == table.name;
}

std::optional<std::string> seed_table(const SeedingContext& context, const Table& table,
                                      const std::vector<std::string>& conditions, std::size_t rows) {
  return TableSeeder(context, table, conditions).seed(rows);
}

}  // namespace support::alembic::safety
