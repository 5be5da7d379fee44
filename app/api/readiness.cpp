#include "app/api/readiness.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace support::api {
namespace {
using Clock = database::Deadline::Clock;

constexpr std::chrono::seconds patience{2};
constexpr std::chrono::seconds busy_grace{15};
constexpr auto undefined_table = database::sqlstate("42P01");

std::string joined(const std::vector<std::string>& revisions) {
  return revisions.empty() ? "none" : fmt::format("{}", fmt::join(revisions, ", "));
}

std::string_view name_of(DatabaseState state) {
  switch (state) {
    case DatabaseState::ok:
      return "ok";
    case DatabaseState::busy:
      return "busy";
    case DatabaseState::unreachable:
      return "unreachable";
    case DatabaseState::wrong_revision:
      return "wrong revision";
  }
  return "unknown";
}

boost::json::array array_of(const std::vector<std::string>& texts) {
  boost::json::array array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

}  // namespace

Readiness ReadinessCheck::from_error(const database::Error& error) {
  Readiness readiness;
  const bool exhausted = error.is(database::Condition::pool_timeout) || error.is_deadline_exceeded();
  if (exhausted && Clock::now() - last_ok_ < busy_grace && services_.pool.stats().in_use > 0) {
    readiness.database = DatabaseState::busy;
    readiness.detail = "Every database connection is in use.";
  } else if (error.is(undefined_table)) {
    readiness.database = DatabaseState::wrong_revision;
    readiness.detail = "The database has not been migrated yet: run `support-agent migrate upgrade head`.";
  } else {
    readiness.database = DatabaseState::unreachable;
    readiness.detail = error.text();
  }
  return readiness;
}

boost::asio::awaitable<Readiness> ReadinessCheck::run(Clock::time_point latest) {
  const auto deadline = database::Deadline::at(std::min(latest, Clock::now() + patience));
  database::Params none;
  auto rows = co_await services_.pool.query(services_.version_query, none, deadline);
  Readiness readiness;
  if (rows) {
    for (const auto row : *rows) readiness.current_revisions.push_back(row.get<std::string>(0));
    std::ranges::sort(readiness.current_revisions);
    auto expected = services_.expected_heads;
    std::sort(expected.begin(), expected.end());
    if (readiness.current_revisions == expected) {
      readiness.database = DatabaseState::ok;
      last_ok_ = Clock::now();
    } else {
      readiness.database = DatabaseState::wrong_revision;
      readiness.detail = fmt::format("The database is at revision {}, this binary needs {}.",
                                     joined(readiness.current_revisions), joined(expected));
    }
  } else {
    readiness = from_error(rows.error());
  }
  readiness.draining = services_.state.draining();
  co_return readiness;
}

boost::json::object to_json(const Readiness& readiness, const std::vector<std::string>& expected_heads) {
  boost::json::object database{{"status", name_of(readiness.database)},
                               {"revision", array_of(readiness.current_revisions)},
                               {"expected_revision", array_of(expected_heads)}};
  if (!readiness.detail.empty()) database["detail"] = readiness.detail;
  return {{"status", readiness.is_ready() ? "ready"
                     : readiness.draining ? "draining"
                                          : "not ready"},
          {"checks", {{"database", std::move(database)}, {"draining", readiness.draining}}}};
}

}  // namespace support::api
