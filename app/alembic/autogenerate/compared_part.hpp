#pragma once

#include <type_traits>

#include "app/alembic/autogenerate/comparison.hpp"

namespace support::alembic::autogenerate {

// `after`, but as `before` in what the options don't look at: a change of one thing must not change another on the
// side.
template <class T>
T compared_part(const T& before, const T& after, const CompareOptions& options) {
  T result = after;
  each_field(std::type_identity<T>{}, [&](const char*, auto member, Aspect aspect) {
    if constexpr (std::is_member_object_pointer_v<decltype(member)>) {
      if (!is_compared(aspect, options)) result.*member = before.*member;
    }
  });
  if constexpr (std::is_same_v<T, Column>) {
    if (!options.compare_server_default) result.sequence = before.sequence;
  }
  return result;
}

}  // namespace support::alembic::autogenerate
