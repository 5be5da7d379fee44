#include <cmath>
#include <ostream>

#include <boost/json.hpp>

#include "app/alembic/safety/report/plan_report.hpp"
#include "app/alembic/safety/trace/server_lock_mode.hpp"

namespace support::alembic::safety {
namespace {

namespace json = boost::json;

json::string text(std::string_view from) {
  return json::string(from.data(), from.size());
}

json::value text_or_null(std::string_view from) {
  if (from.empty()) return nullptr;
  return text(from);
}

// To the millisecond: more would be a promise.
double rounded(double number) {
  return std::round(number * 1000) / 1000;
}

template <class Number>
json::value number_or_null(const std::optional<Number>& number) {
  if (!number) return nullptr;
  if constexpr (std::is_floating_point_v<Number>) return rounded(*number);
  return *number;
}

json::array names(const std::vector<TracedRelation>& relations) {
  json::array list;
  for (const auto& relation : relations) list.push_back(text(relation.shown));
  return list;
}

json::array locks(const StatementTrace& trace) {
  json::array list;
  for (const auto& lock : trace.locks) {
    list.push_back(json::object{{"relation", text(lock.relation.shown)},
                                {"mode", text(server_lock_name(lock.mode))},
                                {"since", lock.since + 1},
                                {"blocks", text_or_null(blocked_by(lock.mode))}});
  }
  return list;
}

json::array queues(const Impact& impact) {
  json::array list;
  for (const auto& queue : impact.queues) {
    list.push_back(json::object{{"relation", text(queue.relation.shown)},
                                {"blocks", text(blocked_by(queue.mode))},
                                {"statements_per_second", rounded(queue.statements_per_second)},
                                {"statements", number_or_null(queue.statements)}});
  }
  return list;
}

json::array waits(const Impact& impact) {
  json::array list;
  for (const auto& wait : impact.waits_for) {
    list.push_back(json::object{{"pid", std::stoll(wait.session.pid)},
                                {"user", text_or_null(wait.session.user)},
                                {"application", text_or_null(wait.session.application)},
                                {"state", text_or_null(wait.session.state)},
                                {"seconds", rounded(wait.session.seconds)},
                                {"relation", text_or_null(wait.relation)},
                                {"mode", text_or_null(server_lock_name(wait.mode))}});
  }
  return list;
}

std::string_view execution_name(Execution execution) {
  switch (execution) {
    case Execution::shared:
      return "transaction";
    case Execution::alone:
      return "alone";
    case Execution::sampled:
      return "outside";
  }
  return "";
}

json::object as_object(const Impact& impact) {
  const auto& trace = impact.trace;
  return {{"statement", text(trace.sql)},
          {"revision", text_or_null(trace.source.revision)},
          {"file", text_or_null(trace.source.file)},
          {"line", trace.source.line},
          {"execution", text(execution_name(trace.execution))},
          {"locks", locks(trace)},
          {"rewrites", names(trace.rewrites)},
          {"index_rebuilds", names(trace.index_rebuilds)},
          {"index_builds", names(trace.index_builds)},
          {"scans", names(trace.scans)},
          {"rows", number_or_null(impact.rows)},
          {"bytes", number_or_null(impact.bytes)},
          {"seconds", number_or_null(impact.seconds)},
          {"queues", queues(impact)},
          {"waits_for", waits(impact)},
          {"replicas", impact.replicas}};
}

}  // namespace

void write_plan_json(const PlanReport& report, std::ostream& out) {
  json::array list;
  for (const auto& impact : report.statements) list.push_back(as_object(impact));
  out << json::serialize(list) << '\n';
}

}  // namespace support::alembic::safety
