#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "app/schema/name.hpp"

namespace support::tests {

// The arguments of a call that op_sql/read_cases.py has read: taken by name, wherever they stood. Throws
// std::invalid_argument when one is missing or of another kind than the call wants.
class Arguments {
 public:
  // `positional` are the names of those that may stand without one, in order; more of them are the rest().
  Arguments(const boost::json::object& call, std::vector<std::string_view> positional);

  // Null when it is not given; None is a JSON null.
  const boost::json::value* take(std::string_view name);
  const boost::json::value& require(std::string_view name);
  // The same, null for None too.
  const boost::json::value* given(std::string_view name);

  std::string name(std::string_view name);  // of a table, a schema, a column; "" when it is None
  std::string sql(std::string_view name);   // a text or an expression; "" when it is None
  schema::Name constraint_name(std::string_view name);
  bool flag(std::string_view name);
  std::optional<bool> choice(std::string_view name);
  std::optional<int> number(std::string_view name);
  std::optional<std::int64_t> long_number(std::string_view name);
  std::vector<std::string> names(std::string_view name);
  const std::vector<boost::json::value>& rest() const { return rest_; }

  void ignore(std::initializer_list<std::string_view> names);
  // Throws when the call has an argument that nobody took; those of other databases and those that never reach the
  // server are nobody's.
  void finish() const;

 private:
  std::string call_;
  std::vector<std::pair<std::string, boost::json::value>> given_;
  std::vector<boost::json::value> rest_;
  std::set<std::string, std::less<>> taken_;
};

// Whether the value is a call, and its name if so.
bool is_call(const boost::json::value& value);
std::string call_name(const boost::json::value& value);

// A text or the name that op.f() or quoted_name() hold.
std::string name_of(const boost::json::value& value);
schema::Name constraint_name_of(const boost::json::value& value);
std::vector<std::string> names_of(const boost::json::value& value);
// The SQL of an expression, or of a text that is SQL.
std::string sql_of_value(const boost::json::value& value);
bool is_expression(const boost::json::value& value);

}  // namespace support::tests
