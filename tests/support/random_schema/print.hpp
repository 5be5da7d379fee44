#pragma once

#include <string>
#include <vector>

#include "tests/support/random_schema/model.hpp"

namespace support::tests::random_schema {

using Statements = std::vector<std::string>;

// The DDL that makes the schema in an empty database, without semicolons, in an order that runs.
Statements print(const Model& model);

// Parts of print(). The second of the two comes when all tables are there.
void print_table(const Model& model, const Table& table, Statements& statements);
void print_references(const Model& model, const Table& table, Statements& statements);
void print_index(const Model& model, const std::string& relation, const Index& index, Statements& statements);
void print_trigger(const Model& model, const std::string& relation, const Trigger& trigger, Statements& statements);
void print_policy(const Model& model, const std::string& relation, const Policy& policy, Statements& statements);
void print_rule(const Model& model, const std::string& relation, const Rule& rule, Statements& statements);
void print_statistics(const Model& model, const std::string& relation, const Statistics& object,
                      Statements& statements);
void print_routine(const Model& model, const Routine& routine, Statements& statements);
void print_view(const Model& model, const View& view, Statements& statements);

// COMMENT ON, unless there is none.
void print_comment(const std::string& object, const std::string& comment, Statements& statements);
std::string column_list(const Model& model, const std::vector<Id>& columns);

}  // namespace support::tests::random_schema
