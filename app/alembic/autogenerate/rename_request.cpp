// What --rename says, and what it means for two snapshots.
#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>

#include "app/alembic/autogenerate/renames.hpp"
#include "app/alembic/errors.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr std::string_view remedy =
    "write old:new, as in users:people, app.users:app.people or users.mail:email, with names in double quotes where "
    "they hold a colon or a dot";

// What one of two that exchange their names is called in between.
constexpr std::string_view third_name = "support_agent_exchanged";

// Names between dots; in double quotes they may hold anything.
class NameReader {
 public:
  explicit NameReader(std::string_view text) : text_(text) {}

  // Up to the colon or the end. Empty when what stands there are no one to three names.
  std::vector<std::string> path() {
    std::vector<std::string> names = {name()};
    while (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      names.push_back(name());
    }
    const bool is_good = names.size() <= 3 && std::ranges::none_of(names, &std::string::empty);
    return is_good ? names : std::vector<std::string>{};
  }
  bool take_colon() { return at_ < text_.size() && text_[at_++] == ':'; }
  bool is_at_end() const { return at_ == text_.size(); }

 private:
  std::string name() {
    std::string result;
    if (at_ == text_.size() || text_[at_] != '"') {
      const auto end = std::min(text_.find_first_of(".:\"", at_), text_.size());
      result = text_.substr(at_, end - at_);
      at_ = end;
      return result;
    }
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        if (at_ == text_.size() || text_[at_] != '"') return result;
      }
      result += text_[at_];
    }
    return {};  // not closed
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

using Tables = std::map<QualifiedName, const Table*>;

Tables tables_of(const CatalogSnapshot& snapshot) {
  Tables tables;
  for (const auto& table : snapshot.tables) tables[{table.schema, table.name}] = &table;
  return tables;
}

bool has_column(const Tables& tables, const QualifiedName& table, const std::string& column) {
  const auto found = tables.find(table);
  return found != tables.end() &&
         std::ranges::find(found->second->columns, column, &Column::name) != found->second->columns.end();
}

class Resolver {
 public:
  Resolver(const CatalogSnapshot& before, const CatalogSnapshot& after, std::string default_schema)
      : before_(tables_of(before)), after_(tables_of(after)), default_schema_(std::move(default_schema)) {
    for (const auto& [name, table] : before_) taken_.insert(name);
    for (const auto& view : before.views) taken_.insert({view.schema, view.name});
    for (const auto& sequence : before.sequences) taken_.insert({sequence.schema, sequence.name});
  }

  // Tables first, so that columns may be named with the new names of their tables.
  std::vector<Rename> resolve(const std::vector<RenameRequest>& requests) {
    requests_ = requests;
    std::vector<RenameRequest> of_columns;
    for (const auto& request : requests) {
      if (names_table(request)) {
        add_table(request);
      } else {
        of_columns.push_back(request);
      }
    }
    for (const auto& request : of_columns) add_column(request);
    return renames_;
  }

 private:
  [[noreturn]] static void refuse(const RenameRequest& request, std::string_view why) {
    throw CommandError(fmt::format("--rename {}: {}", request.text, why));
  }

  // The last `parts` names of a path without the table's schema: {schema, table}.
  QualifiedName table_name(const std::vector<std::string>& path, std::size_t parts) const {
    return path.size() == parts ? QualifiedName{default_schema_, path.front()} : QualifiedName{path[0], path[1]};
  }

  // The name that the table has in `before`.
  QualifiedName old_name(const QualifiedName& table) const {
    const auto found = new_tables_.find(table);
    return found == new_tables_.end() ? table : found->second;
  }

  bool names_table(const RenameRequest& request) const {
    const auto& from = request.from;
    if (from.size() != 2) return from.size() == 1;
    const bool is_table = before_.contains({from[0], from[1]});
    const bool is_column = has_column(before_, {default_schema_, from[0]}, from[1]);
    if (is_table && is_column) {
      refuse(request,
             fmt::format("{0}.{1} is a table of the schema {0} and a column of the table {0} of the schema {2}; write "
                         "the column with its schema, as {2}.{0}.{1}, or rename one of the two with another run",
                         from[0], from[1], default_schema_));
    }
    return is_table;
  }

  void add_table(const RenameRequest& request) {
    if (request.to.size() > 2) refuse(request, "a table's new name has a schema before it at most");
    const auto from = table_name(request.from, 1);
    auto to = table_name(request.to, 1);
    if (request.to.size() == 1) to.schema = from.schema;
    if (!before_.contains(from)) {
      refuse(request, fmt::format("there is no table {} to rename", schema::qualified_name(from.name, from.schema)));
    }
    if (to.schema != from.schema) {
      refuse(request, fmt::format("a rename leaves a table in its schema, which is {}; moving it to {} is an ALTER "
                                  "TABLE … SET SCHEMA, to be written by hand",
                                  from.schema, to.schema));
    }
    const bool is_exchange = std::ranges::any_of(requests_, [&](const RenameRequest& other) {
      return names_table(other) && table_name(other.from, 1) == to && table_name(other.to, 1).name == from.name;
    });
    if (is_exchange && from != to) {
      exchange_tables(request, from, to);
      return;
    }
    if (taken_.contains(to)) {
      refuse(request, fmt::format("{} is there already, beside {}", schema::qualified_name(to.name, to.schema),
                                  schema::qualified_name(from.name, from.schema)));
    }
    if (!after_.contains(to)) {
      refuse(request, fmt::format("the wanted schema has no table {}", schema::qualified_name(to.name, to.schema)));
    }
    if (!renamed_.insert(from).second) refuse(request, "this table is renamed more than once");
    taken_.insert(to);
    new_tables_[to] = from;
    renames_.push_back({.schema = from.schema, .name = from.name, .new_name = to.name});
  }

  // Once for both of the requests.
  void exchange_tables(const RenameRequest& request, const QualifiedName& one, const QualifiedName& other) {
    if (const auto found = new_tables_.find(other); found != new_tables_.end() && found->second == one) return;
    for (const auto& name : {one, other}) {
      if (!before_.contains(name)) {
        refuse(request, fmt::format("there is no table {} to rename", schema::qualified_name(name.name, name.schema)));
      }
      if (!after_.contains(name)) {
        refuse(request,
               fmt::format("the wanted schema has no table {}", schema::qualified_name(name.name, name.schema)));
      }
      if (!renamed_.insert(name).second) refuse(request, "this table is renamed more than once");
    }
    new_tables_[one] = other;
    new_tables_[other] = one;
    add_exchange({.schema = one.schema, .name = one.name, .new_name = other.name}, [&](const std::string& name) {
      return taken_.contains({one.schema, name});
    });
  }

  // One takes a third name until the other has given its own away.
  void add_exchange(const Rename& rename, const std::function<bool(const std::string&)>& is_taken) {
    std::string third(third_name);
    for (int number = 1; is_taken(third); ++number) third = fmt::format("{}{}", third_name, number);
    const auto add = [&](const std::string& name, const std::string& new_name) {
      auto& step = renames_.emplace_back(rename);
      step.name = name;
      step.new_name = new_name;
    };
    add(rename.name, third);
    add(rename.new_name, rename.name);
    add(third, rename.new_name);
  }

  // By the table's old or new name; what is returned is the new one.
  QualifiedName renamed_table(const RenameRequest& request) const {
    const auto named = table_name(request.from, 2);
    if (new_tables_.contains(named)) return named;
    for (const auto& [new_table, old_table] : new_tables_) {
      if (old_table == named) return new_table;
    }
    if (!before_.contains(named)) {
      const auto from =
          request.from.size() == 3 ? "" : fmt::format(", and no table {}.{}", request.from[0], request.from[1]);
      refuse(request,
             fmt::format("there is no table {}{} to rename", schema::qualified_name(named.name, named.schema), from));
    }
    return named;
  }

  void add_column(const RenameRequest& request) {
    const auto table = renamed_table(request);
    const auto old_table = old_name(table);
    const auto& column = request.from.back();
    const auto& new_column = request.to.back();
    const auto text = schema::qualified_name(table.name, table.schema);
    if (request.to.size() > 1) {
      const auto to = table_name(request.to, 2);
      if (to != table && to != old_table) {
        refuse(request, fmt::format("a rename leaves a column in its table, which is {}", text));
      }
    }
    if (!has_column(before_, old_table, column)) {
      refuse(request, fmt::format("{} has no column {} to rename",
                                  schema::qualified_name(old_table.name, old_table.schema), column));
    }
    const bool is_exchange = std::ranges::any_of(requests_, [&](const RenameRequest& other) {
      return !names_table(other) && other.from.back() == new_column && other.to.back() == column &&
             renamed_table(other) == table;
    });
    if (is_exchange && column != new_column) {
      exchange_columns(request, table, column, new_column);
      return;
    }
    if (has_column(before_, old_table, new_column) || !columns_.insert({table, new_column}).second) {
      refuse(request, fmt::format("{} has a column {} already, beside {}", text, new_column, column));
    }
    if (!has_column(after_, table, new_column)) {
      refuse(request, fmt::format("the wanted schema has no column {} in {}", new_column, text));
    }
    if (!old_columns_.insert({table, column}).second) refuse(request, "this column is renamed more than once");
    renames_.push_back({.schema = table.schema, .table = table.name, .name = column, .new_name = new_column});
  }

  void exchange_columns(const RenameRequest& request, const QualifiedName& table, const std::string& one,
                        const std::string& other) {
    const auto old_table = old_name(table);
    if (exchanged_columns_.contains({table, other})) return;
    for (const auto& name : {one, other}) {
      if (!has_column(before_, old_table, name)) {
        refuse(request, fmt::format("{} has no column {} to rename",
                                    schema::qualified_name(old_table.name, old_table.schema), name));
      }
      if (!has_column(after_, table, name)) {
        refuse(request, fmt::format("the wanted schema has no column {} in {}", name,
                                    schema::qualified_name(table.name, table.schema)));
      }
      if (!old_columns_.insert({table, name}).second) refuse(request, "this column is renamed more than once");
    }
    exchanged_columns_.insert({table, one});
    add_exchange({.schema = table.schema, .table = table.name, .name = one, .new_name = other},
                 [&](const std::string& name) { return has_column(before_, old_table, name); });
  }

  Tables before_;
  Tables after_;
  std::string default_schema_;
  std::vector<RenameRequest> requests_;
  std::set<QualifiedName> taken_;                                      // names of relations
  std::set<QualifiedName> renamed_;                                    // tables, by their old names
  std::map<QualifiedName, QualifiedName> new_tables_;                  // new name → old name
  std::set<std::pair<QualifiedName, std::string>> columns_;            // new names, by the table's new name
  std::set<std::pair<QualifiedName, std::string>> old_columns_;        // old names, likewise
  std::set<std::pair<QualifiedName, std::string>> exchanged_columns_;  // the first ones of the two
  std::vector<Rename> renames_;
};

}  // namespace

RenameRequest parse_rename(std::string_view text) {
  NameReader reader(text);
  RenameRequest request{.text = std::string(text)};
  request.from = reader.path();
  const bool has_colon = reader.take_colon();
  if (has_colon) request.to = reader.path();
  if (!has_colon || request.from.empty() || request.to.empty() || !reader.is_at_end()) {
    throw CommandError(fmt::format("--rename {}: this is no pair of names; {}", text, remedy));
  }
  return request;
}

std::vector<Rename> resolve_renames(const std::vector<RenameRequest>& requests, const CatalogSnapshot& before,
                                    const CatalogSnapshot& after, const std::string& default_schema) {
  return Resolver(before, after, default_schema).resolve(requests);
}

std::string rename_text(const Rename& rename, std::string_view default_schema) {
  // What the shell takes as it is; a name that reads as several is quoted.
  const auto spelled = [](const std::string& name) {
    const bool is_plain = name.find_first_of(".:\" ") == std::string::npos;
    return is_plain ? name : schema::quote_identifier(name, schema::Quotes::always);
  };
  std::string text = rename.schema == default_schema ? "" : spelled(rename.schema) + '.';
  if (rename.is_column()) text += spelled(rename.table) + '.';
  return text + spelled(rename.name) + ':' + spelled(rename.new_name);
}

}  // namespace support::alembic::autogenerate
