#include "app/database/statement_log.hpp"

#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "app/config/logging.hpp"

namespace support::database {
namespace {

constexpr std::array type_names{
    std::pair{oids::inferred, "inferred"},
    std::pair{oids::boolean, "bool"},
    std::pair{oids::int2, "int2"},
    std::pair{oids::int4, "int4"},
    std::pair{oids::int8, "int8"},
    std::pair{oids::float4, "float4"},
    std::pair{oids::float8, "float8"},
    std::pair{oids::text, "text"},
    std::pair{oids::numeric, "numeric"},
    std::pair{oids::timestamptz, "timestamptz"},
    std::pair{oids::uuid, "uuid"},
    std::pair{oids::jsonb, "jsonb"},
    std::pair{oids::boolean_array, "bool[]"},
    std::pair{oids::int2_array, "int2[]"},
    std::pair{oids::int4_array, "int4[]"},
    std::pair{oids::int8_array, "int8[]"},
    std::pair{oids::float4_array, "float4[]"},
    std::pair{oids::float8_array, "float8[]"},
    std::pair{oids::text_array, "text[]"},
    std::pair{oids::numeric_array, "numeric[]"},
    std::pair{oids::timestamptz_array, "timestamptz[]"},
    std::pair{oids::uuid_array, "uuid[]"},
    std::pair{oids::jsonb_array, "jsonb[]"},
};

std::string type_name(Oid type) {
  for (const auto& [oid, name] : type_names) {
    if (oid == type) return name;
  }
  return fmt::format("type {}", type);
}

}  // namespace

std::string describe_types(const Params& params) {
  std::string text;
  for (std::size_t i = 0; i < params.types().size(); ++i) {
    text += fmt::format("{}${} {}", i == 0 ? "" : ", ", i + 1, type_name(params.types()[i]));
  }
  return text;
}

void StatementLog::ended(const Statement& statement, const Error& error) const {
  if (!metrics_ && !echo_ && slow_.count() == 0) return;
  const auto took = Deadline::Clock::now() - statement.started;
  const std::chrono::duration<double, std::milli> milliseconds = took;
  if (metrics_) metrics_->statements[static_cast<std::size_t>(outcome_of(error))].observe(took);
  if (echo_) {
    config::log_event(spdlog::level::info, "database", statement.sql,
                      {{"duration_ms", milliseconds.count()},
                       {"outcome", error.code() ? error.code().message() : std::string("ok")}});
  }
  if (slow_.count() == 0 || took < slow_) return;
  if (metrics_) metrics_->slow_statements.add();
  config::log_event(spdlog::level::warn, "database", "A statement was slow.",
                    {{"sql", statement.sql},
                     {"duration_ms", milliseconds.count()},
                     {"outcome", to_string(outcome_of(error))},
                     {"parameters", statement.params ? describe_types(*statement.params) : std::string()},
                     {"request_id", statement.caller.request_id},
                     {"route", statement.caller.route},
                     {"backend_pid", statement.backend_pid}});
}

}  // namespace support::database
