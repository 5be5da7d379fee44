#include "app/alembic/safety/model/replay.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/safety/model/expression.hpp"
#include "app/alembic/safety/model/replay_alter_table.hpp"

namespace support::alembic::safety {

namespace {

Relation::Persistence persistence_of(const Node& range_var) {
  const auto letter = range_var.text("relpersistence");
  if (letter == "t" || range_var.text("schemaname") == "pg_temp") return Relation::Persistence::temporary;
  return letter == "u" ? Relation::Persistence::unlogged : Relation::Persistence::permanent;
}

// A relation to be created: an unqualified name goes to the first schema of the search path, whatever exists elsewhere.
Relation new_relation(const SchemaModel& model, const Node& range_var, Relation::Kind kind) {
  Relation relation{.kind = kind, .persistence = persistence_of(range_var), .complete = true};
  const std::string schema(range_var.text("schemaname"));
  relation.name.name = range_var.text("relname");
  if (relation.persistence == Relation::Persistence::temporary) {
    relation.name.schema = "pg_temp";
  } else if (!schema.empty()) {
    relation.name.schema = schema;
  } else {
    relation.name.schema = model.search_path.empty() ? "public" : model.search_path.front();
  }
  return relation;
}

void copy_like(const SchemaModel& model, const Node& like, Relation& relation) {
  const auto* source = model.find(model.resolve(like["relation"]));
  if (source == nullptr || !source->complete) {
    relation.complete = false;
    return;
  }
  relation.columns.insert(relation.columns.end(), source->columns.begin(), source->columns.end());
  for (const auto& constraint : source->constraints) {
    if (constraint.kind == Constraint::Kind::check) relation.constraints.push_back(constraint);
  }
}

void attach_to(SchemaModel& model, const RelationName& parent_name, const RelationName& child, bool is_default) {
  auto& parent = model.mention(parent_name);
  parent.kind = Relation::Kind::partitioned_table;
  parent.partitions.push_back(child);
  if (is_default) parent.default_partition = child;
  model.mention(child).parents.push_back(parent_name);
}

// What a partition or an heir has from its parent.
void inherit(const SchemaModel& model, const RelationName& parent_name, Relation& relation) {
  const auto* parent = model.find(parent_name);
  if (parent == nullptr || !parent->complete) {
    relation.complete = false;
    return;
  }
  for (const auto& column : parent->columns) {
    if (relation.column(column.name) == nullptr) relation.columns.push_back(column);
  }
  for (const auto& constraint : parent->constraints) {
    if (constraint.kind == Constraint::Kind::check) relation.constraints.push_back(constraint);
  }
}

std::vector<std::string> partition_key(const Node& spec) {
  std::vector<std::string> columns;
  for (const auto& part : spec.items("partParams")) columns.emplace_back(part.text("name"));
  return columns;
}

void add_inline_constraints(SchemaModel& model, Relation& relation, const Node& column, unsigned transaction) {
  for (const auto& definition : column.items("constraints")) {
    if (is_table_constraint(definition)) {
      add_constraint(model, relation, definition, column.text("colname"), transaction);
    }
  }
}

void create_table(SchemaModel& model, const Node& statement, unsigned transaction) {
  auto relation = new_relation(model, statement["relation"], Relation::Kind::table);
  if (statement.flag("if_not_exists") && model.find(relation.name) != nullptr && model.find(relation.name)->complete) {
    return;
  }
  if (const auto spec = statement["partspec"]) {
    relation.kind = Relation::Kind::partitioned_table;
    relation.partition_strategy = spec.text("strategy");
    relation.partition_key = partition_key(spec);
  }
  if (const auto method = statement.text("accessMethod"); !method.empty()) relation.access_method = method;
  if (const auto type = statement["ofTypename"]) {
    relation.of_type = read_type(type).name;
    relation.complete = false;
  }
  const auto elements = statement.items("tableElts");
  for (const auto& element : elements) {
    if (element.is("ColumnDef") && element["typeName"]) relation.columns.push_back(read_column(element));
    if (element.is("TableLikeClause")) copy_like(model, element, relation);
  }
  std::vector<RelationName> parents;
  for (const auto& parent : statement.items("inhRelations")) {
    parents.push_back(model.resolve(parent));
    inherit(model, parents.back(), relation);
  }
  const auto bound = statement["partbound"];
  if (!bound) relation.parents = parents;
  auto& created = model.add(std::move(relation));
  if (bound && !parents.empty()) attach_to(model, parents.front(), created.name, bound.flag("is_default"));
  for (const auto& element : elements) {
    if (element.is("ColumnDef")) add_inline_constraints(model, created, element, transaction);
    if (element.is("Constraint") && is_table_constraint(element)) {
      add_constraint(model, created, element, "", transaction);
    }
  }
}

void create_as(SchemaModel& model, const Node& target, Relation::Kind kind, bool if_not_exists,
               const Node& query = {}) {
  auto relation = new_relation(model, target, kind);
  if (kind != Relation::Kind::table) {
    query.walk([&](const Node& part) {
      if (part.is("RangeVar")) relation.reads.push_back(model.resolve(part));
    });
  }
  if (if_not_exists && model.find(relation.name) != nullptr && model.find(relation.name)->complete) return;
  relation.complete = false;  // its columns are those of a query
  model.add(std::move(relation));
}

void create_index(SchemaModel& model, const Node& statement) {
  auto& relation = model.mention(model.resolve(statement["relation"]));
  auto index = read_index(statement, model);
  if (statement.flag("if_not_exists") && model.index_owner(index.name) != nullptr) return;
  const auto partitions = relation.partitions;
  const auto keys = index;
  model.add_index(relation, std::move(index));
  if (!statement["relation"].flag("inh")) return;
  for (const auto& name : partitions) {
    auto& partition = model.mention(name);
    auto own = keys;
    own.name = {name.schema, fmt::format("{}_{}", name.name, keys.name.name)};
    model.add_index(partition, std::move(own));
  }
}

void create_domain(SchemaModel& model, const Node& statement) {
  const auto parts = statement.strings("domainname");
  if (parts.empty()) return;
  const auto written = read_type(statement["typeName"]);
  UserType domain{.kind = UserType::Kind::domain,
                  .base = model.without_domain(written),
                  .constrained = model.is_constrained_domain(written),
                  .born_in = model.epoch()};
  for (const auto& constraint : statement.items("constraints")) {
    const auto type = constraint.text("contype");
    domain.constrained |= type == "CONSTR_CHECK" || type == "CONSTR_NOTNULL";
  }
  model.types[type_key(parts)] = std::move(domain);
}

void create_function(SchemaModel& model, const Node& statement) {
  const auto parts = statement.strings("funcname");
  if (parts.empty()) return;
  auto volatility = Volatility::changing;
  for (const auto& option : statement.items("options")) {
    if (option.text("defname") != "volatility") continue;
    volatility = option["arg"].text("sval") == "volatile" ? Volatility::changing : Volatility::steady;
  }
  model.functions[parts.back()] = volatility;
}

void rename(SchemaModel& model, const Node& statement) {
  const auto type = statement.text("renameType");
  const std::string new_name(statement.text("newname"));
  if (type == "OBJECT_SCHEMA") {
    const std::string old_name(statement.text("subname"));
    std::vector<RelationName> moved;
    for (const auto& [name, _] : model.relations()) {
      if (name.schema == old_name) moved.push_back(name);
    }
    for (const auto& name : moved) model.rename(name, {new_name, name.name});
    return;
  }
  if (type == "OBJECT_TYPE" || type == "OBJECT_DOMAIN") {
    auto node =
        model.types.extract(type_key(statement["object"].strings(statement["object"].is("List") ? "items" : "names")));
    if (node.empty()) return;
    node.key() = new_name;
    model.types.insert(std::move(node));
    return;
  }
  if (!statement["relation"]) return;
  const auto name = model.resolve(statement["relation"]);
  if (type == "OBJECT_COLUMN") return rename_column(model, name, std::string(statement.text("subname")), new_name);
  if (type == "OBJECT_TABCONSTRAINT") {
    auto& relation = model.mention(name);
    if (auto* constraint = relation.constraint(statement.text("subname"))) constraint->name = new_name;
    return;
  }
  if (type != "OBJECT_TABLE" && type != "OBJECT_INDEX" && type != "OBJECT_VIEW" && type != "OBJECT_MATVIEW" &&
      type != "OBJECT_FOREIGN_TABLE" && type != "OBJECT_SEQUENCE") {
    return;
  }
  std::vector<std::string> parts;
  if (const auto schema = statement["relation"].text("schemaname"); !schema.empty()) parts.emplace_back(schema);
  parts.emplace_back(statement["relation"].text("relname"));
  const auto index = model.resolve_index(parts);
  if (model.index_owner(index) != nullptr) return model.rename_index(index, {index.schema, new_name});
  if (type != "OBJECT_INDEX") model.rename(name, {name.schema, new_name});
}

void drop(SchemaModel& model, const Node& statement) {
  const auto type = statement.text("removeType");
  for (const auto& object : statement.items("objects")) {
    const auto parts = object.strings(object.is("TypeName") ? "names" : "items");
    if (type == "OBJECT_INDEX") {
      model.erase_index(model.resolve_index(parts));
    } else if (type == "OBJECT_TYPE" || type == "OBJECT_DOMAIN") {
      model.types.erase(type_key(parts));
    } else if (type == "OBJECT_SCHEMA") {
      std::vector<RelationName> gone;
      for (const auto& [name, _] : model.relations()) {
        if (name.schema == object.text("sval")) gone.push_back(name);
      }
      for (const auto& name : gone) model.erase(name);
    } else if (type == "OBJECT_POLICY" && parts.size() > 1) {
      if (auto* relation = model.find(model.resolve(std::vector(parts.begin(), parts.end() - 1)))) {
        if (relation->policies > 0) --relation->policies;
      }
    } else if (type == "OBJECT_STATISTIC_EXT") {
      model.statistics.erase(model.resolve(parts));
    } else if (type == "OBJECT_EXTENSION") {
      model.extensions.erase(std::string(object.text("sval")));
    } else if (type == "OBJECT_TABLE" || type == "OBJECT_VIEW" || type == "OBJECT_MATVIEW" ||
               type == "OBJECT_FOREIGN_TABLE" || type == "OBJECT_SEQUENCE") {
      model.erase(model.resolve(parts));
    }
  }
}

void alter_domain(SchemaModel& model, const Node& statement) {
  const auto found = model.types.find(type_key(statement.strings("typeName")));
  if (found == model.types.end()) return;
  const auto subtype = statement.text("subtype");
  if (subtype == "C" || subtype == "O") found->second.constrained = true;
}

bool replay_creation(SchemaModel& model, const Node& statement, unsigned transaction) {
  const auto type = statement.type();
  if (type == "CreateStmt") {
    create_table(model, statement, transaction);
  } else if (type == "CreateForeignTableStmt") {
    create_table(model, statement["base"], transaction);
  } else if (type == "CreateTableAsStmt") {
    const bool is_view = statement.text("objtype") == "OBJECT_MATVIEW";
    create_as(model, statement["into"]["rel"], is_view ? Relation::Kind::materialized_view : Relation::Kind::table,
              statement.flag("if_not_exists"), statement["query"]);
  } else if (type == "SelectStmt") {
    if (const auto into = statement["intoClause"]) create_as(model, into["rel"], Relation::Kind::table, false);
  } else if (type == "ViewStmt") {
    create_as(model, statement["view"], Relation::Kind::view, statement.flag("replace"), statement["query"]);
  } else if (type == "CreateSeqStmt") {
    create_as(model, statement["sequence"], Relation::Kind::sequence, statement.flag("if_not_exists"));
  } else if (type == "IndexStmt") {
    create_index(model, statement);
  } else if (type == "CreateSchemaStmt") {
    if (!statement.flag("if_not_exists")) model.new_schemas.insert(std::string(statement.text("schemaname")));
    const auto path = model.search_path;
    model.search_path = {std::string(statement.text("schemaname"))};
    for (const auto& element : statement.items("schemaElts")) replay(model, element, transaction);
    model.search_path = path;
  } else {
    return false;
  }
  return true;
}

}  // namespace

void replay(SchemaModel& model, const Node& statement, unsigned transaction) {
  if (replay_creation(model, statement, transaction)) return;
  const auto type = statement.type();
  const auto add_type = [&](const std::vector<std::string>& parts, UserType::Kind kind) {
    model.types[type_key(parts)] = UserType{.kind = kind, .base = {}, .born_in = model.epoch()};
  };
  if (type == "AlterTableStmt") return alter_table(model, statement, transaction);
  if (type == "RenameStmt") return rename(model, statement);
  if (type == "DropStmt") return drop(model, statement);
  if (type == "AlterObjectSchemaStmt" && statement["relation"]) {
    const auto name = model.resolve(statement["relation"]);
    return model.rename(name, {std::string(statement.text("newschema")), name.name});
  }
  if (type == "CreateEnumStmt") return add_type(statement.strings("typeName"), UserType::Kind::enumeration);
  if (type == "CreateRangeStmt") return add_type(statement.strings("typeName"), UserType::Kind::other);
  if (type == "CompositeTypeStmt") {
    return add_type({std::string(statement["typevar"].text("relname"))}, UserType::Kind::composite);
  }
  if (type == "CreateDomainStmt") return create_domain(model, statement);
  if (type == "AlterDomainStmt") return alter_domain(model, statement);
  if (type == "CreateFunctionStmt") return create_function(model, statement);
  if (type == "CreateExtensionStmt") model.extensions.insert(std::string(statement.text("extname")));
  if (type == "CreateStatsStmt" && !statement.items("relations").empty()) {
    model.statistics[model.resolve(statement.strings("defnames"))] =
        model.resolve(statement.items("relations").front());
  }
  if (type == "CreatePolicyStmt") ++model.mention(model.resolve(statement["table"])).policies;
}

}  // namespace support::alembic::safety
