#include "app/alembic/command/comparison_report.hpp"

#include "app/alembic/autogenerate/difference_json.hpp"
#include "app/alembic/command/json_report.hpp"
#include "app/alembic/operations/operation_name.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/config/logging.hpp"

namespace support::alembic::command {

namespace json = boost::json;

namespace {

json::object rename_json(const autogenerate::Rename& rename, const std::string& default_schema) {
  return {{"kind", rename.is_column() ? "column" : "table"},
          {"schema", rename.schema},
          {"table", rename.is_column() ? json::value(rename.table) : json::value(nullptr)},
          {"name", rename.name},
          {"new_name", rename.new_name},
          {"rename", autogenerate::rename_text(rename, default_schema)}};
}

json::array steps_json(const autogenerate::Steps& steps, const schema::ServerFeatures& server) {
  json::array list;
  for (const auto& step : steps) {
    list.push_back(json::object{{"operation", operation_name(step.operation)},
                                {"sql", json::value_from(to_sql(step.operation, server))},
                                {"note", step.note.empty() ? json::value(nullptr) : json::value(step.note)},
                                {"outside_transaction", step.outside_transaction}});
  }
  return list;
}

}  // namespace

json::object to_json(const ComparisonResult& result) {
  json::array renames;
  for (const auto& rename : result.renames) renames.push_back(rename_json(rename, result.default_schema));
  json::array likely;
  for (const auto& [rename, reason] : result.likely_renames) {
    auto object = rename_json(rename, result.default_schema);
    object["reason"] = reason;
    likely.push_back(std::move(object));
  }
  return {{"from", result.from},
          {"to", result.to},
          {"differences", autogenerate::to_json(result.differences, result.default_schema)},
          {"renames", std::move(renames)},
          {"likely_renames", std::move(likely)},
          {"upgrade", steps_json(result.plan.upgrade, result.server)},
          {"downgrade", steps_json(result.plan.downgrade, result.server)}};
}

ExitCode report_comparison(Context& context, const ComparisonResult& result, const std::string& sentence) {
  log_differences(result);
  const auto lines = descriptions(result);
  if (!lines.empty()) config::log_event(spdlog::level::err, "alembic.util.messaging", sentence);
  if (context.format == OutputFormat::json) {
    auto document = to_json(result);
    document["message"] = sentence;
    print(context, document);
  } else {
    context.out << (lines.empty() ? "" : "FAILED: ") << sentence << '\n';
    for (const auto& line : lines) context.out << "  " << line << '\n';
  }
  return lines.empty() ? ExitCode::done : ExitCode::found;
}

}  // namespace support::alembic::command
