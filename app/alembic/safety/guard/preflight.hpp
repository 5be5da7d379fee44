#pragma once

#include <optional>
#include <string>

namespace support::alembic {
class ScriptDirectory;
struct Plan;
}  // namespace support::alembic

namespace support::alembic::safety {

// The first statement of a plan that builds an index CONCURRENTLY, as text. Only SQL migrations are looked into: what
// one in C++ does shows when it runs. Nothing when there is none.
std::optional<std::string> first_concurrent_build(const Plan& plan, const ScriptDirectory& scripts);

}  // namespace support::alembic::safety
