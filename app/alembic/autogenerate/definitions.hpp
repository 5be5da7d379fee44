#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "app/alembic/autogenerate/catalog.hpp"
#include "app/schema/function.hpp"
#include "app/schema/statistics.hpp"
#include "app/schema/trigger.hpp"

// Definitions that the server has printed, as values of the vocabulary. Absent where the vocabulary lacks something
// that the definition says, or where it is not certain that nothing is lost.
namespace support::alembic::autogenerate {

std::optional<schema::Trigger> trigger_of(const Trigger& trigger);
std::optional<schema::Statistics> statistics_of(const Statistics& statistics);

std::optional<schema::Function> function_of(const Routine& routine);
std::optional<schema::Procedure> procedure_of(const Routine& routine);

// What stands in front of the language, as texts.
struct ArgumentText {
  std::string_view declaration;  // "OUT total integer"
  std::string_view default_;
};
struct RoutineHead {
  std::vector<ArgumentText> arguments;
  std::string_view result;  // "SETOF text"; empty for a procedure
};

// Of a routine that is no aggregate.
RoutineHead head_of(const Routine& routine);

// The types that a range stands upon, and that stands upon it.
struct RangeTypes {
  std::string_view subtype;  // as SQL spells it
  QualifiedName multirange;
};
RangeTypes types_of(const Range& range);

}  // namespace support::alembic::autogenerate
