#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/script/script.hpp"

namespace support::schema {
struct NamingConvention;
}

namespace support::alembic::safety {

// Counts up whenever the same migration gets another canonical text, so that a record of an older program is not taken
// for tampering.
inline constexpr int canonical_form = 1;

// What a migration asks for, apart from how its file is written.
struct CanonicalOperations {
  std::vector<std::string> upgrade;  // long statements (and rows of COPY) cut, with the SHA-256 of the whole
  std::vector<std::string> downgrade;

  bool operator==(const CanonicalOperations&) const = default;
};

// Absent for a migration that can't be written as SQL without a database, because it asks it or is in error. Does not
// depend on the run: no -x argument, no tag, every extension there.
std::optional<CanonicalOperations> canonical_operations(const alembic::Script& script,
                                                        const schema::NamingConvention* naming_convention);

// Over both directions, each statement with its length, so that no two lists of statements have one text.
std::string checksum(const CanonicalOperations& operations);

// "statement 2 of upgrade differs: it was `…`, and is `…`"; a sentence for each difference, empty for none.
std::vector<std::string> differences(const CanonicalOperations& recorded, const CanonicalOperations& present);

}  // namespace support::alembic::safety
