#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/schema/index.hpp"

namespace support::schema {

struct StatisticsOptions {
  std::vector<std::string> kinds = {};  // ndistinct, dependencies, mcv; none: all that apply
  std::string schema = {};              // of the statistics
  std::string table_schema = {};

  bool operator==(const StatisticsOptions&) const = default;
};

// What the planner is to know of columns taken together, or of an expression: Statistics("s", "t", {"city", "zip"}).
struct Statistics : StatisticsOptions {
  Statistics(std::string statistics_name, std::string table_name, std::vector<IndexElement> columns,
             StatisticsOptions options = {})
      : StatisticsOptions(std::move(options)),
        name(std::move(statistics_name)),
        table(std::move(table_name)),
        elements(std::move(columns)) {}

  std::string name;
  std::string table;
  std::vector<IndexElement> elements;
  bool operator==(const Statistics&) const = default;
};

// Throws std::invalid_argument when there is nothing to look at: a single column has statistics anyway.
std::string create_statistics_sql(const Statistics& statistics, bool if_not_exists);

}  // namespace support::schema
