#include "app/database/libpq.hpp"

#include <algorithm>
#include <charconv>

namespace support::database {
namespace {

std::string field(const PGresult& result, int code) {
  const char* value = PQresultErrorField(&result, code);
  return value ? value : "";
}

}  // namespace

void ResultDeleter::operator()(pg_result* result) const {
  PQclear(result);
}

void CopyDataDeleter::operator()(char* data) const {
  PQfreemem(data);
}

bool is_error(const PGresult& result) {
  const ExecStatusType status = PQresultStatus(&result);
  return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR;
}

Error error_of(const PGresult& result) {
  Diagnostics diagnostics{.severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED),
                          .sqlstate = field(result, PG_DIAG_SQLSTATE),
                          .message = field(result, PG_DIAG_MESSAGE_PRIMARY),
                          .detail = field(result, PG_DIAG_MESSAGE_DETAIL),
                          .hint = field(result, PG_DIAG_MESSAGE_HINT),
                          .context = field(result, PG_DIAG_CONTEXT),
                          .schema = field(result, PG_DIAG_SCHEMA_NAME),
                          .table = field(result, PG_DIAG_TABLE_NAME),
                          .column = field(result, PG_DIAG_COLUMN_NAME),
                          .constraint = field(result, PG_DIAG_CONSTRAINT_NAME)};
  if (!is_sqlstate(diagnostics.sqlstate)) {
    return {Condition::connection_lost,
            "The database connection broke: " + on_one_line(PQresultErrorMessage(&result)) + "."};
  }
  const std::string position = field(result, PG_DIAG_STATEMENT_POSITION);
  std::from_chars(position.data(), position.data() + position.size(), diagnostics.position);
  diagnostics.is_stale_statement = is_stale_statement(result);
  const error_code code = make_error_code(sqlstate(diagnostics.sqlstate));
  return {code, std::move(diagnostics)};
}

std::int64_t affected_rows(const PGresult& result) {
  // libpq does not write to it; its signature is older than const.
  const std::string_view count = PQcmdTuples(const_cast<PGresult*>(&result));
  std::int64_t affected = 0;
  std::from_chars(count.data(), count.data() + count.size(), affected);
  return affected;
}

std::string error_message(const PGconn& connection) {
  return on_one_line(PQerrorMessage(&connection));
}

std::string connect_failure(const PGconn& connection) {
  std::string joined;
  std::string_view rest = PQerrorMessage(&connection);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.empty() || line.front() == '\t') continue;  // advice is indented
    joined += (joined.empty() ? "" : "; ") + on_one_line(line);
  }
  return joined;
}

std::string on_one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool space = c == '\n' || c == '\t' || c == '\r' || c == ' ';
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == '.')) out.pop_back();
  return out;
}

bool is_stale_statement(const PGresult& result) {
  const std::string state = field(result, PG_DIAG_SQLSTATE);
  // The message is translated by the server; the function that raises it is not.
  return state == "26000" || (state == "0A000" && field(result, PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery");
}

}  // namespace support::database
