#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/schema/index.hpp"

namespace support::schema {

// Whether rows written through the view must be visible in it, and in the views below it.
enum class CheckOption { none, local, cascaded };

struct ViewOptions {
  std::vector<std::string> columns = {};  // names, when they are not those of the definition
  NamePairs with = {};                    // security_barrier, security_invoker (PostgreSQL 15), as SQL spells them
  CheckOption check_option = CheckOption::none;
  bool recursive = false;  // needs columns
  bool temporary = false;
  std::string schema = {};

  bool operator==(const ViewOptions&) const = default;
};

struct View : ViewOptions {
  View(std::string view_name, std::string query, ViewOptions options = {})
      : ViewOptions(std::move(options)), name(std::move(view_name)), definition(std::move(query)) {}

  std::string name;
  std::string definition;  // the SELECT
  bool operator==(const View&) const = default;
};

struct MaterializedViewOptions {
  std::vector<std::string> columns = {};
  std::string using_ = {};  // the table access method
  NamePairs with = {};      // storage parameters
  std::string tablespace = {};
  bool with_data = true;  // false: it can't be read before it is refreshed
  std::string schema = {};

  bool operator==(const MaterializedViewOptions&) const = default;
};

// Its indexes are made by create_index().
struct MaterializedView : MaterializedViewOptions {
  MaterializedView(std::string view_name, std::string query, MaterializedViewOptions options = {})
      : MaterializedViewOptions(std::move(options)), name(std::move(view_name)), definition(std::move(query)) {}

  std::string name;
  std::string definition;
  bool operator==(const MaterializedView&) const = default;
};

// Throws std::invalid_argument when the definition is empty, and when a recursive view names no columns or has a check
// option.
std::string create_view_sql(const View& view, bool or_replace);
std::string create_materialized_view_sql(const MaterializedView& view, bool if_not_exists);

}  // namespace support::schema
