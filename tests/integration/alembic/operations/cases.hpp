#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "app/alembic/operations/operation.hpp"

// What each kind of operation does to a database, as a table.
namespace support::tests {

struct OperationCase {
  std::string title;        // in CamelCase, for the name of the test
  std::string before = {};  // SQL that makes what the operation needs
  alembic::Operation operation;
  // The lines of the catalog that go ("- …") and come ("+ …"); see tests/support/catalog_dump.hpp. They leave out what
  // says nothing: row types, the columns of sequences, and the NOT NULL constraints that PostgreSQL 18 shows beside the
  // columns.
  std::vector<std::string> effect = {};
  // A query of one value, for what no line of the catalog shows, and what it answers after the operation.
  std::string question = {};
  std::string answer = {};
  std::string irreversible = {};  // what reverse() says instead of giving an operation
  bool twice = true;              // whether the reverse of the reverse is there and does the same again
};
using OperationCases = std::vector<OperationCase>;

// One overload for each alternative of Operation, so that an alternative without cases does not compile.
template <class Alternative>
using Of = std::type_identity<Alternative>;

OperationCases cases(Of<alembic::CreateTable>);
OperationCases cases(Of<alembic::DropTable>);
OperationCases cases(Of<alembic::AddColumn>);
OperationCases cases(Of<alembic::DropColumn>);
OperationCases cases(Of<alembic::AlterColumn>);
OperationCases cases(Of<alembic::CreateIndex>);
OperationCases cases(Of<alembic::DropIndex>);
OperationCases cases(Of<alembic::CreateUniqueConstraint>);
OperationCases cases(Of<alembic::CreateCheckConstraint>);
OperationCases cases(Of<alembic::CreateForeignKeyConstraint>);
OperationCases cases(Of<alembic::CreatePrimaryKeyConstraint>);
OperationCases cases(Of<alembic::CreateExcludeConstraint>);
OperationCases cases(Of<alembic::DropConstraint>);
OperationCases cases(Of<alembic::RenameTable>);
OperationCases cases(Of<alembic::CreateTableComment>);
OperationCases cases(Of<alembic::DropTableComment>);
OperationCases cases(Of<alembic::CreateEnum>);
OperationCases cases(Of<alembic::DropEnum>);
OperationCases cases(Of<alembic::CreateExtension>);
OperationCases cases(Of<alembic::DropExtension>);
OperationCases cases(Of<alembic::Execute>);
OperationCases cases(Of<alembic::CopyData>);
OperationCases cases(Of<alembic::BulkInsert>);
OperationCases cases(Of<alembic::CustomOperation>);
OperationCases cases(Of<alembic::AddEnumValue>);
OperationCases cases(Of<alembic::RenameEnumValue>);
OperationCases cases(Of<alembic::RenameObject>);
OperationCases cases(Of<alembic::ValidateConstraint>);
OperationCases cases(Of<alembic::CreateSchema>);
OperationCases cases(Of<alembic::DropSchema>);
OperationCases cases(Of<alembic::CreateSequence>);
OperationCases cases(Of<alembic::AlterSequence>);
OperationCases cases(Of<alembic::DropSequence>);
OperationCases cases(Of<alembic::CreateDomain>);
OperationCases cases(Of<alembic::AlterDomain>);
OperationCases cases(Of<alembic::DropDomain>);
OperationCases cases(Of<alembic::CreateView>);
OperationCases cases(Of<alembic::DropView>);
OperationCases cases(Of<alembic::CreateMaterializedView>);
OperationCases cases(Of<alembic::RefreshMaterializedView>);
OperationCases cases(Of<alembic::DropMaterializedView>);
OperationCases cases(Of<alembic::CreateFunction>);
OperationCases cases(Of<alembic::DropFunction>);
OperationCases cases(Of<alembic::CreateProcedure>);
OperationCases cases(Of<alembic::DropProcedure>);
OperationCases cases(Of<alembic::CreateTrigger>);
OperationCases cases(Of<alembic::AlterTrigger>);
OperationCases cases(Of<alembic::DropTrigger>);
OperationCases cases(Of<alembic::CreatePolicy>);
OperationCases cases(Of<alembic::AlterPolicy>);
OperationCases cases(Of<alembic::DropPolicy>);
OperationCases cases(Of<alembic::AlterRowLevelSecurity>);
OperationCases cases(Of<alembic::CreateStatistics>);
OperationCases cases(Of<alembic::DropStatistics>);

}  // namespace support::tests
