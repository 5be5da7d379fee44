#include "app/schema/column.hpp"

namespace support::schema {

Column::Column(std::string column_name, Type column_type, ColumnOptions options)
    : ColumnOptions(std::move(options)), name(std::move(column_name)), type(std::move(column_type)) {}
Column::Column(const Column&) = default;
Column::Column(Column&&) noexcept = default;
Column& Column::operator=(const Column&) = default;
Column& Column::operator=(Column&&) noexcept = default;
Column::~Column() = default;

std::optional<CheckConstraint> type_check(const Column& column) {
  std::optional<std::string> condition = type_condition(column.type, column.name);
  if (!condition) return std::nullopt;
  return CheckConstraint(*std::move(condition), {.name = column.type.get_if<Enum>()->name});
}

Column column(std::string name, Type type, ColumnOptions options) {
  return Column(std::move(name), std::move(type), std::move(options));
}

}  // namespace support::schema
