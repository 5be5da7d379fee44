#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/ddl.hpp"
#include "app/schema/quoting.hpp"
#include "app/schema/sequence.hpp"

namespace support::schema {

std::string owner_column_sql(const OwnerColumn& owner) {
  return qualified_name(owner.table, owner.schema) + '.' + quote_identifier(owner.column);
}

std::string sequence_options_sql(const SequenceOptions& options, const ServerFeatures& server) {
  if ((options.minvalue && options.nominvalue) || (options.maxvalue && options.nomaxvalue)) {
    throw std::invalid_argument(
        "A sequence has a bound and is to have none; say either minvalue or nominvalue, and "
        "either maxvalue or nomaxvalue.");
  }
  std::string sql;
  if (options.type) {
    if (!is_integer(*options.type)) {
      throw std::invalid_argument(
          fmt::format("A sequence is to count in {}; PostgreSQL allows SMALLINT, INTEGER, BIGINT.",
                      type_sql(*options.type, server)));
    }
    sql = "AS " + type_sql(*options.type, server);
  }
  const auto append = [&sql](const std::string& words) {
    if (!words.empty()) sql += (sql.empty() ? "" : " ") + words;
  };
  append(identity_options_sql({.start = options.start,
                               .increment = options.increment,
                               .minvalue = options.minvalue,
                               .maxvalue = options.maxvalue,
                               .nominvalue = options.nominvalue,
                               .nomaxvalue = options.nomaxvalue,
                               .cycle = options.cycle,
                               .cache = options.cache}));
  if (options.owned_by) append("OWNED BY " + owner_column_sql(*options.owned_by));
  return sql;
}

std::string create_sequence_sql(const Sequence& sequence, bool if_not_exists, const ServerFeatures& server) {
  require_name_fits("sequence", sequence.name);
  std::string sql = "CREATE ";
  if (sequence.persistence == Persistence::temporary) sql += "TEMPORARY ";
  if (sequence.persistence == Persistence::unlogged) sql += "UNLOGGED ";
  sql += fmt::format("SEQUENCE {}{}", if_not_exists ? "IF NOT EXISTS " : "",
                     qualified_name(sequence.name, sequence.schema));
  const std::string options = sequence_options_sql(sequence, server);
  return options.empty() ? sql : sql + ' ' + options;
}

}  // namespace support::schema
