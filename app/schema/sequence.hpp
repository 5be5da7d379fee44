#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "app/schema/types.hpp"

namespace support::schema {

// The column that a sequence belongs to: it goes when the column does.
struct OwnerColumn {
  std::string table;
  std::string column;
  std::string schema = {};

  bool operator==(const OwnerColumn&) const = default;
};

enum class Persistence { permanent, unlogged, temporary };  // unlogged sequences: PostgreSQL 15 and later

// What is not set is left to PostgreSQL: a BIGINT that counts up from 1 by 1.
struct SequenceOptions {
  std::optional<Type> type = {};  // SmallInteger, Integer, BigInteger
  std::optional<std::int64_t> start = {};
  std::optional<std::int64_t> increment = {};
  std::optional<std::int64_t> minvalue = {};
  std::optional<std::int64_t> maxvalue = {};
  bool nominvalue = false;
  bool nomaxvalue = false;
  std::optional<bool> cycle = {};
  std::optional<std::int64_t> cache = {};
  std::optional<OwnerColumn> owned_by = {};
  Persistence persistence = Persistence::permanent;
  std::string schema = {};

  bool operator==(const SequenceOptions&) const = default;
};

struct Sequence : SequenceOptions {
  explicit Sequence(std::string sequence_name, SequenceOptions options = {})
      : SequenceOptions(std::move(options)), name(std::move(sequence_name)) {}

  std::string name;
  bool operator==(const Sequence&) const = default;
};

// Throws std::invalid_argument when the type is no integer, and when a bound is both given and left out.
std::string create_sequence_sql(const Sequence& sequence, bool if_not_exists, const ServerFeatures& server);

// "AS INTEGER INCREMENT BY 2 START WITH 5 … OWNED BY t.c", what follows the name in CREATE and ALTER; empty when
// nothing is set.
std::string sequence_options_sql(const SequenceOptions& options, const ServerFeatures& server);

// "app.t.c"
std::string owner_column_sql(const OwnerColumn& owner);

}  // namespace support::schema
