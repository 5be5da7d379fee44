#include "app/alembic/script/revision.hpp"

#include <fmt/format.h>

namespace support::alembic {

namespace {

const std::string& or_base(const std::string& text) {
  static const std::string base = "base";
  return text.empty() ? base : text;
}

}  // namespace

std::string comma_separated(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) {
    if (!text.empty()) text += ", ";
    text += part;
  }
  return text;
}

RangeNotAncestorError::RangeNotAncestorError(std::string lower, std::string upper)
    : RevisionError(fmt::format("Revision {} is not an ancestor of revision {}", or_base(lower), or_base(upper))),
      lower_(std::move(lower)),
      upper_(std::move(upper)) {}

MultipleHeads::MultipleHeads(const RevisionIds& heads, std::string argument)
    : RevisionError(
          fmt::format("Multiple heads are present for given argument '{}'; {}", argument, comma_separated(heads))),
      argument_(std::move(argument)) {}

ResolutionError::ResolutionError(const std::string& message, std::string argument)
    : RevisionError(message), argument_(std::move(argument)) {}

MissingRevision::MissingRevision(std::string missing, std::string referenced_from)
    : RevisionError(
          fmt::format("Revision {0} referenced from {1} is not present; restore the script of {0}, or correct "
                      "the down_revision or depends_on of {1}",
                      missing, referenced_from)),
      missing_(std::move(missing)),
      referenced_from_(std::move(referenced_from)) {}

CycleDetected::CycleDetected(const RevisionIds& revisions, std::string_view kind)
    : RevisionError(fmt::format("{} is detected in revisions ({})", kind, comma_separated(revisions))) {}

DependencyCycleDetected::DependencyCycleDetected(const RevisionIds& revisions, std::string_view kind)
    : CycleDetected(revisions, kind) {}

}  // namespace support::alembic
