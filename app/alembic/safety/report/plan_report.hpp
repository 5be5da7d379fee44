#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "app/alembic/safety/report/report.hpp"
#include "app/alembic/safety/trace/impact.hpp"

namespace support::alembic::safety {

struct PlanReport {
  std::vector<Impact> statements;
  std::string sizes_of;  // the database that the figures are of; empty: there are none
  Throughput throughput;
};

// A list with an object a statement (docs/plan.md).
void write_plan_json(const PlanReport& report, std::ostream& out);
// For people: a statement, what it does, and what waits.
void write_plan_text(const PlanReport& report, Colours colours, std::ostream& out);

// "1.2 GB", "830 kB"; "2 min 5 s", "about 0.4 s".
std::string bytes_text(double bytes);
std::string seconds_text(double seconds);
// 1,234,567
std::string count_text(std::uint64_t count);

}  // namespace support::alembic::safety
