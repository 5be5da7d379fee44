#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "app/schema/domain.hpp"
#include "app/schema/sequence.hpp"
#include "app/schema/table.hpp"

// Columns, types, constraints and indexes as op_sql/read_cases.py gives them, as ours. Throws std::invalid_argument on
// what we have not.
namespace support::tests {

// `table_schema` is for a type that inherits it.
schema::Type type_of(const boost::json::value& value, const std::string& table_schema);
schema::Column column_of(const boost::json::value& value, const std::string& table_schema);
// An item that is for other databases, or that SQLAlchemy leaves out of the statement, adds nothing.
void add_item(std::vector<schema::TableItem>& items, const boost::json::value& value, const std::string& table_schema);

schema::Enum enum_of(const boost::json::value& value);
schema::Domain domain_of(const boost::json::value& value);
schema::Sequence sequence_of(const boost::json::value& value);
schema::ServerDefault server_default_of(const boost::json::value& value);

// Names and expressions, of an index or an exclusion.
schema::IndexElement element_of(const boost::json::value& value);
std::vector<schema::IndexElement> elements_of(const boost::json::array& values);
std::vector<schema::ExcludeElement> excluded_of(const std::vector<boost::json::value>& pairs);
// A dictionary: {"a": "text_pattern_ops"}, {"fillfactor": 50}.
schema::NamePairs pairs_of(const boost::json::value* value);

}  // namespace support::tests
