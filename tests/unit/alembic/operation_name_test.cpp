#include "app/alembic/operations/operation_name.hpp"

#include <gtest/gtest.h>

namespace support::alembic {
namespace {

TEST(OperationName, IsThatOfTheDirective) {
  for (const auto& [operation, name] : std::vector<std::pair<Operation, std::string>>{
           {DropTable{"t"}, "drop_table"},
           {Execute{"SELECT 1"}, "execute"},
           {CustomOperation{.name = "create_user"}, "create_user"},
           {AddEnumValue{.type = "t", .value = "v"}, "add_enum_value"},
           {RenameObject{.kind = ObjectKind::materialized_view, .name = "a", .new_name = "b"},
            "rename_materialized_view"},
           {RenameObject{.kind = ObjectKind::type, .name = "a", .new_name = "b"}, "rename_enum"},
           {AlterTrigger{"a", "t", TriggerFiring::disabled}, "disable_trigger"},
           {AlterTrigger{"a", "t", TriggerFiring::always}, "enable_trigger"},
           {AlterRowLevelSecurity{"t", RowSecurity::no_force}, "no_force_row_level_security"},
           {DropMaterializedView{.name = "v"}, "drop_materialized_view"}}) {
    EXPECT_EQ(operation_name(operation), name);
  }
}

}  // namespace
}  // namespace support::alembic
