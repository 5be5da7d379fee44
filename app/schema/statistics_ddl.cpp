#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"
#include "app/schema/sql_text.hpp"
#include "app/schema/statistics.hpp"

namespace support::schema {

std::string create_statistics_sql(const Statistics& statistics, bool if_not_exists) {
  require_name_fits("statistics", statistics.name);
  const auto& elements = statistics.elements;
  if (elements.empty() || (elements.size() == 1 && !elements.front().is_expression())) {
    throw std::invalid_argument(
        fmt::format("The statistics '{}' are over {}; name two columns at least, or an expression.", statistics.name,
                    elements.empty() ? "nothing" : "one column, which has its own"));
  }
  std::vector<std::string> keys;
  for (const IndexElement& element : elements) {
    keys.push_back(element.is_expression() ? fmt::format("({})", sql_text("An expression of statistics", element.sql()))
                                           : quote_identifier(element.sql()));
  }
  return fmt::format("CREATE STATISTICS {}{}{} ON {} FROM {}", if_not_exists ? "IF NOT EXISTS " : "",
                     qualified_name(statistics.name, statistics.schema),
                     statistics.kinds.empty() ? "" : fmt::format(" ({})", identifier_list(statistics.kinds)),
                     fmt::join(keys, ", "), qualified_name(statistics.table, statistics.table_schema));
}

}  // namespace support::schema
