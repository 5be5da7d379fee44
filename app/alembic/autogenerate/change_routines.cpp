#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/autogenerate/definitions.hpp"
#include "app/alembic/autogenerate/object_comments.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

// "FUNCTION app.f(a integer)", for COMMENT ON and DROP.
std::string commented(const Routine& routine) {
  const bool is_aggregate = routine.kind == RoutineKind::aggregate;
  std::string_view kind = routine.kind == RoutineKind::procedure ? "PROCEDURE" : "FUNCTION";
  if (is_aggregate) kind = "AGGREGATE";
  return fmt::format("{} {}({})", kind, schema::qualified_name(routine.name, routine.schema),
                     is_aggregate && routine.arguments.empty() ? "*" : routine.arguments);
}

// A default may come and may change, but it can't go; the type of one that is for any type is not known here.
bool can_become(const ArgumentText& before, const ArgumentText& after) {
  if (before.declaration != after.declaration) return false;
  if (before.default_.empty() || before.default_ == after.default_) return true;
  return !after.default_.empty() && before.declaration.find("any") == std::string_view::npos;
}

bool can_replace(const Routine& before, const Routine& after) {
  if (before.kind != after.kind || after.kind == RoutineKind::aggregate) return false;
  const auto old_head = head_of(before);
  const auto new_head = head_of(after);
  return old_head.result == new_head.result && std::ranges::equal(old_head.arguments, new_head.arguments, can_become);
}

Operation create(const Routine& routine) {
  if (auto function = function_of(routine)) return CreateFunction{.object = std::move(*function)};
  if (auto procedure = procedure_of(routine)) return CreateProcedure{.object = std::move(*procedure)};
  return Execute{routine.definition};
}

template <class Object>
Operation replacement(Object after, std::optional<Object> before) {
  return CreateReplaceable<Object>{.object = std::move(after), .or_replace = true, .existing = std::move(before)};
}

Operation replace(const Routine& before, const Routine& after) {
  if (auto function = function_of(after)) return replacement(std::move(*function), function_of(before));
  if (auto procedure = procedure_of(after)) return replacement(std::move(*procedure), procedure_of(before));
  return Execute{after.definition};
}

template <class Object>
Operation drop(Object existing) {
  auto arguments = existing.arguments;
  auto name = existing.name;
  auto schema_name = existing.schema;
  return DropRoutine<Object>{.name = std::move(name),
                             .arguments = std::move(arguments),
                             .schema = std::move(schema_name),
                             .existing = std::move(existing)};
}

}  // namespace

OperationList create_operations(const Routine& routine) {
  OperationList operations{create(routine)};
  append_comment(operations, commented(routine), routine.comment);
  return operations;
}

OperationList drop_operations(const Routine& routine) {
  if (auto function = function_of(routine)) return {drop(std::move(*function))};
  if (auto procedure = procedure_of(routine)) return {drop(std::move(*procedure))};
  return {Execute{"DROP " + commented(routine)}};
}

std::optional<OperationList> alter_operations(const Routine& before, const Routine& after) {
  OperationList operations;
  if (before.definition != after.definition) {
    if (!can_replace(before, after)) return std::nullopt;
    operations.push_back(replace(before, after));
  }
  append_comment_change(operations, commented(after), before.comment, after.comment);
  return operations;
}

}  // namespace support::alembic::autogenerate
