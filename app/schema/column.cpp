#include "app/schema/column.hpp"

namespace support::schema {

Column::Column(std::string column_name, Type column_type, ColumnOptions options)
    : ColumnOptions(std::move(options)), name(std::move(column_name)), type(std::move(column_type)) {}
Column::Column(const Column&) = default;
Column::Column(Column&&) noexcept = default;
Column& Column::operator=(const Column&) = default;
Column& Column::operator=(Column&&) noexcept = default;
Column::~Column() = default;

Column column(std::string name, Type type, ColumnOptions options) {
  return Column(std::move(name), std::move(type), std::move(options));
}

}  // namespace support::schema
