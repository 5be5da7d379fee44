#pragma once

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string_view>

namespace support::tests {

// Made-up pairs of schemas that the plan does not master yet, with what is in its way. They are skipped, with the
// reason; whoever mends one takes it out.
inline const std::map<std::uint32_t, std::string_view> open_pairs = {
    {10, "the default of a new column does not fit its type, and rows are not needed to tell"},
    {35, "a child joins a parent whose constraints it has yet to get"},
    {44, "names of constraints go round in a circle"},
    {135, "a child joins a parent whose constraints it has yet to get"},
    {153, "a partition that is detached keeps a foreign key to a table that goes"},
    {167, "a partition moves while its columns change"},
    {184, "a child joins a parent whose constraints it has yet to get"},
    {267, "a view over a child's column is in the way of a change of its parent's"},
    {273, "bounds of partitions go round in a circle"},
    {275, "a partition that is made anew has no columns of its own"},
    {292, "a partition that is made anew has no columns of its own"},
    {297, "bounds of partitions go round in a circle"},
    {299, "a partition that is made anew has no columns of its own"},
    {303, "a child joins a parent whose constraints it has yet to get"},
    {316, "a foreign key of a child holds a table that goes"},
    {358, "a new label is used by what the same script makes"},
    {360, "a foreign key of a child holds a table that goes"},
    {424, "a child joins a parent whose constraints it has yet to get"},
    {429, "a child joins a parent whose columns it has yet to get"},
    {435, "names of constraints go round in a circle"},
    {436, "a foreign key of a child holds a table that goes"},
    {437, "a new label is used by what the same script makes"},
    {462, "not looked into yet"},
};

// The same for edits of schemas of realistic size.
inline const std::map<std::uint32_t, std::string_view> open_edits = {
    {2, "the sequence of an identity is of another type than its column"},
    {4, "not looked into yet"},
    {8, "not looked into yet"},
    {9, "not looked into yet"},
    {15, "not looked into yet"},
    {18, "not looked into yet"},
    {19, "not looked into yet"},
    {27, "not looked into yet"},
    {29, "not looked into yet"},
    {32, "a renamed column of a partition is altered before its parent has it"},
    {34, "not looked into yet"},
    {39, "a view joins columns of types that change one after the other"},
    {45, "not looked into yet"},
    {46, "the sequence of an identity is of another type than its column"},
    {48, "not looked into yet"},
    {49, "not looked into yet"},
};

// Why a seed is skipped; empty when it is tried. SUPPORT_TEST_OPEN=1 tries all.
inline std::string_view reason_of(const std::map<std::uint32_t, std::string_view>& open, std::uint32_t seed) {
  if (std::getenv("SUPPORT_TEST_OPEN") != nullptr) return {};
  const auto found = open.find(seed);
  return found == open.end() ? std::string_view() : found->second;
}

}  // namespace support::tests
