#pragma once

#include <string>
#include <string_view>

#include "app/alembic/autogenerate/object_changes.hpp"

// Comments of objects that have no directive for theirs; `object` as comment_operation() takes it.
namespace support::alembic::autogenerate {

inline void append_comment(OperationList& operations, std::string_view object, const std::string& comment) {
  if (!comment.empty()) operations.push_back(comment_operation(object, comment));
}

inline void append_comment_change(OperationList& operations, std::string_view object, const std::string& before,
                                  const std::string& after) {
  if (before != after) operations.push_back(comment_operation(object, after));
}

}  // namespace support::alembic::autogenerate
