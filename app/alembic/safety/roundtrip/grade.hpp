#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/autogenerate/difference.hpp"
#include "app/alembic/safety/roundtrip/contents.hpp"

namespace support::alembic::safety {

// How far a revision can be taken back.
enum class Grade {
  green,   // as if it had never been
  yellow,  // what was written since is lost, or has to go first; or the migration declares a loss
  red,     // not, or not to what there was
};
std::string_view grade_name(Grade grade);

// What a downgrade takes away from what was written since the upgrade.
struct Taken {
  autogenerate::QualifiedName table;  // empty where it is of no one table
  std::string column;
  std::string text;  // "drops column people.phone with what was written to it"

  bool operator==(const Taken&) const = default;
};

// Read off what the upgrade changed: `differences` lead from the schema before it to the one after it.
std::vector<Taken> taken_by_downgrade(const std::vector<autogenerate::Difference>& differences,
                                      const std::string& default_schema);

// Whether there are values of the type `from` that the type `to` can't hold. Both as SQL spells them. Of types that it
// can't tell it says yes.
bool narrows(std::string_view from, std::string_view to);

// What a test found out about a revision.
struct Facts {
  bool is_irreversible = false;  // declared
  bool failed = false;           // one of its ways
  bool is_asymmetric = false;    // the catalog is another one after a round trip
  bool lost_what_was = false;    // of the rows before it, without declaring it
  bool declares_loss = false;
  bool takes_what_was_written = false;  // since it
};
Grade grade_of(const Facts& facts);

}  // namespace support::alembic::safety
