#pragma once

#include <chrono>
#include <string>

namespace support::alembic::safety {

// For people: "850 ms", "12 s", "3 min 12 s", "2 h 5 min", "4 d 3 h".
std::string duration_text(std::chrono::milliseconds duration);

}  // namespace support::alembic::safety
