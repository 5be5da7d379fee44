// ADD, VALIDATE and ALTER CONSTRAINT.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/safety/model/expression.hpp"
#include "app/alembic/safety/model/replay.hpp"
#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

std::string two_steps(const RelationName& table, const std::string& command, const std::string& constraint) {
  return fmt::format("ALTER TABLE {0} {1} NOT VALID;\n-- next migration:\nALTER TABLE {0} VALIDATE CONSTRAINT {2};",
                     quoted(table), command, quoted(constraint));
}

// A constraint on an existing table, of a column that is added or on its own.
struct AddedConstraint {
  Node definition;
  Constraint constraint;
  std::string command;  // ADD CONSTRAINT … as code
  bool with_column = false;
};

std::string described(const AddedConstraint& added, const Examination& examination) {
  return fmt::format("{} on {}", quoted(added.constraint.name), quoted(examination.target()));
}

void check_check(Examination& examination, const AddedConstraint& added) {
  if (!added.constraint.valid || !added.constraint.enforced) return;
  examination.report("check-without-not-valid",
                     {.message = fmt::format("CHECK {} is tested for all rows at once.", described(added, examination)),
                      .relation = examination.target().text(),
                      .lock = LockMode::access_exclusive,
                      .held = Held::scan,
                      .safer = two_steps(examination.target(), added.command, added.constraint.name)});
}

void check_foreign_key(Examination& examination, const AddedConstraint& added) {
  const auto& key = added.constraint;
  const auto* relation = examination.known_target();
  const bool partitioned = relation != nullptr && relation->is_partitioned();
  if (!key.valid) {
    if (!partitioned || examination.options.server_version >= 18) return;
    examination.report(
        "foreign-key-not-valid-on-partitioned",
        {.message = fmt::format("{} is partitioned, and PostgreSQL {} refuses a NOT VALID foreign key there (42809).",
                                quoted(examination.target()), examination.options.server_version),
         .relation = examination.target().text(),
         .safer = "-- for each partition: ADD CONSTRAINT … FOREIGN KEY … NOT VALID; VALIDATE CONSTRAINT …;\n"
                  "-- then the parent's key, which finds them valid"});
    return;
  }
  if (!key.enforced) return;
  examination.report(
      "foreign-key-without-not-valid",
      {.message = fmt::format("Foreign key {} is checked for all rows at once, and writes to {} wait as well.",
                              described(added, examination), quoted(key.referenced)),
       .relation = examination.target().text(),
       .lock = added.with_column ? LockMode::access_exclusive : LockMode::share_row_exclusive,
       .held = Held::scan,
       .safer = two_steps(examination.target(), added.command, key.name)});
}

void check_key(Examination& examination, const AddedConstraint& added) {
  const auto table = quoted(examination.target());
  const auto& key = added.constraint;
  const bool is_primary = key.kind == Constraint::Kind::primary_key;
  if (added.definition.text("indexname").empty()) {
    auto safer = fmt::format(
        "CREATE UNIQUE INDEX CONCURRENTLY {0} ON {1} ({2});\n"
        "ALTER TABLE {1} ADD CONSTRAINT {0} {3} USING INDEX {0};",
        quoted(key.name), table, quoted_list(key.columns), is_primary ? "PRIMARY KEY" : "UNIQUE");
    examination.report(
        is_primary ? "primary-key-without-using-index" : "unique-constraint-without-using-index",
        {.message = fmt::format("The index of {} is built under this lock.", described(added, examination)),
         .relation = examination.target().text(),
         .lock = LockMode::access_exclusive,
         .held = Held::scan,
         .safer = std::move(safer)});
    return;
  }
  const auto* relation = examination.known_target();
  const auto* index = is_primary && relation != nullptr && relation->complete ? relation->index(key.index) : nullptr;
  if (index == nullptr) return;
  for (const auto& part : index->keys) {
    if (part.column.empty() || is_proven_not_null(examination, relation, part.column)) continue;
    examination.report(
        "primary-key-using-nullable-index",
        {.message = fmt::format("{} may be NULL, so the primary key sets it NOT NULL and reads all rows of {}.",
                                quoted(part.column), table),
         .relation = examination.target().text(),
         .lock = LockMode::access_exclusive,
         .held = Held::scan,
         .safer = not_null_steps(examination, examination.target(), part.column)});
    return;
  }
}

void check_exclusion(Examination& examination, const AddedConstraint& added) {
  examination.report(
      "exclusion-constraint",
      {.message = fmt::format("The index of EXCLUDE constraint {} can't be built concurrently.",
                              described(added, examination)),
       .relation = examination.target().text(),
       .lock = LockMode::access_exclusive,
       .held = Held::scan,
       .safer = fmt::format("CREATE TABLE {0} (LIKE {1} INCLUDING ALL);\nALTER TABLE {0} {2};\n"
                            "-- copy in batches with a trigger that follows changes, then swap the names",
                            quoted(examination.target().name + "_new"), quoted(examination.target()), added.command)});
}

void check_added(Examination& examination, const AddedConstraint& added) {
  switch (added.constraint.kind) {
    case Constraint::Kind::check:
      return check_check(examination, added);
    case Constraint::Kind::foreign_key:
      return check_foreign_key(examination, added);
    case Constraint::Kind::unique:
    case Constraint::Kind::primary_key:
      return check_key(examination, added);
    case Constraint::Kind::exclusion:
      return check_exclusion(examination, added);
    case Constraint::Kind::not_null:
      break;  // check_not_null()
  }
}

// The constraint of a column as one of the table.
std::string as_table_constraint(const Constraint& constraint) {
  const auto add = fmt::format("ADD CONSTRAINT {}", quoted(constraint.name));
  if (constraint.kind == Constraint::Kind::foreign_key) {
    const auto columns = constraint.referenced_columns.empty()
                             ? std::string()
                             : fmt::format(" ({})", quoted_list(constraint.referenced_columns));
    return fmt::format("{} FOREIGN KEY ({}) REFERENCES {}{}", add, quoted_list(constraint.columns),
                       quoted(constraint.referenced), columns);
  }
  return fmt::format("{} CHECK (/* the same condition */ true)", add);
}

void check_added_by(Examination& examination, const Node& command, std::size_t position) {
  const auto* known = examination.known_target();
  Relation nothing{.name = examination.target()};
  const auto& relation = known == nullptr ? nothing : *known;
  const auto subtype = command.text("subtype");
  if (subtype == "AT_AddConstraint") {
    AddedConstraint added{command["def"], read_constraint(command["def"], relation, "", examination.model), {}};
    added.command = examination.command_text(position);
    if (added.definition.text("conname").empty() && added.command.size() > 4) {
      added.command = fmt::format("ADD CONSTRAINT {} {}", quoted(added.constraint.name), added.command.substr(4));
    }
    check_added(examination, added);
  } else if (subtype == "AT_AddColumn") {
    const auto name = command["def"].text("colname");
    if (command.flag("missing_ok") && relation.column(name) != nullptr) return;
    for (const auto& definition : command["def"].items("constraints")) {
      if (!is_table_constraint(definition)) continue;
      AddedConstraint added{definition, read_constraint(definition, relation, name, examination.model), {}, true};
      added.command = as_table_constraint(added.constraint);
      check_added(examination, added);
    }
  }
}

bool is_in(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// How strongly earlier statements of the transaction hold the table.
LockMode held_on(const Examination& examination, const RelationName& table) {
  auto mode = LockMode::none;
  for (const auto& lock : examination.session.locks()) {
    if (lock.relation == table) mode = std::max(mode, lock.mode);
  }
  return mode;
}

std::string validate_alone(const Examination& examination, std::string_view constraint) {
  return fmt::format("-- in a migration of its own:\nALTER TABLE {} VALIDATE CONSTRAINT {};",
                     quoted(examination.target()), quoted(constraint));
}

void check_validation(Examination& examination) {
  const auto table = examination.target();
  std::vector<std::string> added_here;
  bool has_stronger = false;
  const auto commands = examination.node.items("cmds");
  for (const auto& command : commands) {
    if (command.text("subtype") == "AT_AddConstraint") {
      added_here.emplace_back(command["def"].text("conname"));
    } else {
      has_stronger |= command_lock(command) == LockMode::access_exclusive;
    }
  }
  for (const auto& command : commands) {
    if (command.text("subtype") != "AT_ValidateConstraint") continue;
    const auto name = command.text("name");
    const auto* relation = examination.known_target();
    const auto* constraint = relation == nullptr ? nullptr : relation->constraint(name);
    if (constraint != nullptr && constraint->valid) continue;
    const auto held = held_on(examination, table);
    const bool same_transaction = constraint != nullptr && constraint->added_in == examination.session.transaction();
    if (same_transaction || is_in(added_here, name)) {
      const bool is_key = constraint != nullptr && constraint->kind == Constraint::Kind::foreign_key;
      examination.report(
          "not-valid-validate-same-transaction",
          {.message =
               fmt::format("{} was added by this transaction, which keeps that lock through the scan.", quoted(name)),
           .relation = table.text(),
           .lock =
               is_key && held < LockMode::access_exclusive ? LockMode::share_row_exclusive : LockMode::access_exclusive,
           .held = Held::scan,
           .safer = validate_alone(examination, name)});
    }
    if (has_stronger || (!same_transaction && held == LockMode::access_exclusive)) {
      examination.report(
          "validate-under-access-exclusive",
          {.message = fmt::format("{} holds ACCESS EXCLUSIVE on {} already, so the scan for {} runs under it.",
                                  has_stronger ? "Another part of this ALTER TABLE" : "The transaction", quoted(table),
                                  quoted(name)),
           .relation = table.text(),
           .lock = LockMode::access_exclusive,
           .held = Held::scan,
           .safer = validate_alone(examination, name)});
    }
  }
}

void check_enforcement(Examination& examination, const Node& command) {
  if (command.text("subtype") != "AT_AlterConstraint" || !command["def"].flag("make_enforced")) return;
  const auto name = quoted(command["def"].text("conname"));
  examination.report(
      "alter-constraint-enforced",
      {.message = fmt::format("{} is checked for all rows of {} and of the table it refers to.", name,
                              quoted(examination.target())),
       .relation = examination.target().text(),
       .lock = LockMode::access_exclusive,
       .held = Held::scan,
       .safer = fmt::format("ALTER TABLE {0} DROP CONSTRAINT {1};\n"
                            "-- ALTER TABLE {0} ADD CONSTRAINT {1} FOREIGN KEY (…) REFERENCES … NOT VALID;\n"
                            "-- next migration:\n-- ALTER TABLE {0} VALIDATE CONSTRAINT {1};",
                            quoted(examination.target()), name)});
}

}  // namespace

void check_constraints(Examination& examination) {
  if (!alters_existing_table(examination)) return;
  const auto commands = examination.node.items("cmds");
  for (std::size_t i = 0; i < commands.size(); ++i) {
    check_added_by(examination, commands[i], i);
    check_enforcement(examination, commands[i]);
  }
  check_validation(examination);
}

}  // namespace support::alembic::safety
