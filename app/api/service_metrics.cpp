#include "app/api/service_metrics.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "app/config/logging.hpp"
#include "app/metrics/exposition.hpp"

namespace support::api {
namespace {

using metrics::Exposition;
using metrics::HistogramSnapshot;

struct Answers {
  std::array<std::uint64_t, 6> by_class{};
  HistogramSnapshot duration;

  void add(const http::RouteMetrics& route) {
    for (std::size_t i = 0; i < by_class.size(); ++i) by_class[i] += route.answers[i].value();
    duration += route.duration.snapshot();
  }
};

void add_requests(const ServiceMetrics& threads, Exposition& page) {
  std::map<std::pair<std::string, std::string>, Answers> routes;  // by template and method
  for (const auto& thread : threads) {
    thread.router->for_each([&](http::Method method, const http::Route& route) {
      routes[{route.path, std::string(to_string(method))}].add(route.metrics);
    });
    routes[{"-", "-"}].add(thread.server->unrouted());
  }
  for (const auto& [key, answers] : routes) {
    const auto& [path, method] = key;
    for (std::size_t i = 1; i < answers.by_class.size(); ++i) {
      if (answers.by_class[i] == 0) continue;
      page.counter("support_agent_http_requests_total", "Requests answered, by route and class of the status.",
                   {{"method", method}, {"route", path}, {"status", fmt::format("{}xx", i)}},
                   static_cast<double>(answers.by_class[i]));
    }
  }
  for (const auto& [key, answers] : routes) {
    if (answers.duration.count() == 0) continue;
    page.histogram("support_agent_http_request_duration_seconds", "From the first byte of a request to its answer.",
                   {{"method", key.second}, {"route", key.first}}, answers.duration);
  }
}

void add_connections(const ServiceMetrics& threads, Exposition& page) {
  http::ServerCounters all;
  for (const auto& thread : threads) {
    const auto one = thread.server->counters();
    all.connections += one.connections;
    all.requests_in_flight += one.requests_in_flight;
    all.accepted += one.accepted;
    all.refused += one.refused;
    all.clients_gone += one.clients_gone;
  }
  page.gauge("support_agent_http_connections", "Client connections open now.", {},
             static_cast<double>(all.connections));
  page.gauge("support_agent_http_requests_in_flight", "Requests being read, worked on or answered now.", {},
             static_cast<double>(all.requests_in_flight));
  page.counter("support_agent_http_connections_accepted_total", "Client connections since the start.", {},
               static_cast<double>(all.accepted));
  page.counter("support_agent_http_connections_refused_total", "Client connections beyond MAX_CONNECTIONS.", {},
               static_cast<double>(all.refused));
  page.counter("support_agent_http_clients_gone_total", "Requests whose client closed before the answer was ready.", {},
               static_cast<double>(all.clients_gone));
}

// A counter of the databases of all threads.
template <class Read>
double sum(const ServiceMetrics& threads, Read read) {
  std::uint64_t all = 0;
  for (const auto& thread : threads) all += read(*thread.database).value();
  return static_cast<double>(all);
}

template <class Read>
HistogramSnapshot merged(const ServiceMetrics& threads, Read read) {
  HistogramSnapshot all;
  for (const auto& thread : threads) all += read(*thread.database).snapshot();
  return all;
}

using Database = database::DatabaseMetrics;

void add_pool(const ServiceMetrics& threads, Exposition& page) {
  const std::pair<const char*, metrics::Counter Database::*> states[]{{"in_use", &Database::in_use},
                                                                      {"idle", &Database::idle},
                                                                      {"connecting", &Database::connecting},
                                                                      {"recovering", &Database::recovering}};
  for (const auto& [state, member] : states) {
    page.gauge("support_agent_database_connections", "Connections of the pools, by state.", {{"state", state}},
               sum(
                   threads, [&](const Database& database) -> auto& { return database.*member; }));
  }
  page.gauge("support_agent_database_waiting", "Requests that wait for a connection now.", {},
             sum(
                 threads, [](const Database& database) -> auto& { return database.waiting; }));
  struct Total {
    const char* name;
    const char* help;
    metrics::Counter Database::*member;
  };
  const Total totals[]{
      {"acquired", "Connections handed out.", &Database::acquired},
      {"acquire_timeouts", "Requests that waited in vain for a connection.", &Database::timeouts},
      {"acquires_refused", "Requests turned away because DATABASE_POOL_MAX_WAITING others waited.", &Database::refused},
      {"connections_created", "Connections made.", &Database::created},
      {"connect_failures", "Attempts to make a connection that failed.", &Database::connect_failures},
      {"slow_statements", "Statements that took DATABASE_SLOW_STATEMENT or longer.", &Database::slow_statements},
      {"transaction_retries", "Transactions that were run again after a serialization failure or a deadlock.",
       &Database::retries}};
  for (const auto& [name, help, member] : totals) {
    page.counter(fmt::format("support_agent_database_{}_total", name), help, {},
                 sum(
                     threads, [&](const Database& database) -> auto& { return database.*member; }));
  }
  for (std::size_t i = 0; i < database::close_reason_count; ++i) {
    page.counter("support_agent_database_connections_closed_total", "Connections closed by the pools, by reason.",
                 {{"reason", to_string(static_cast<database::CloseReason>(i))}},
                 sum(
                     threads, [&](const Database& database) -> auto& { return database.closed[i]; }));
  }
}

void add_shared(const ServiceMetrics& threads, Exposition& page) {
  using Shared = Database::Shared;
  struct Figure {
    const char* name;
    const char* help;
    metrics::Counter Shared::*member;
  };
  const auto total = [&](const Figure& figure) {
    return sum(
        threads, [&](const Database& database) -> auto& { return database.shared.*figure.member; });
  };
  const Figure now[]{
      {"connections", "Shared connections that are open now.", &Shared::connections},
      {"waiting", "Statements that wait for a shared connection now.", &Shared::waiting},
      {"in_flight", "Statements that the server has through a shared connection now.", &Shared::in_flight}};
  for (const Figure& figure : now) {
    page.gauge(fmt::format("support_agent_database_shared_{}", figure.name), figure.help, {}, total(figure));
  }
  const Figure since_start[]{
      {"statements", "Statements given to the shared connections.", &Shared::statements},
      {"batches", "Hand-overs of statements to a shared connection.", &Shared::batches},
      {"run_again", "Statements run again after a neighbour's failure, a stale plan or a lost connection.",
       &Shared::run_again},
      {"moved", "Statements moved away from behind a slow one.", &Shared::moved},
      {"refused", "Statements turned away because too many waited.", &Shared::refused},
      {"timeouts", "Statements whose deadline passed, sent or not.", &Shared::timeouts},
      {"cancelled_on_server", "Cancellations sent for statements that nobody waited for.",
       &Shared::cancelled_on_server},
      {"lost_connections", "Shared connections that broke.", &Shared::lost_connections}};
  for (const Figure& figure : since_start) {
    page.counter(fmt::format("support_agent_database_shared_{}_total", figure.name), figure.help, {}, total(figure));
  }
}

void add_standbys(const ServiceMetrics& threads, Exposition& page) {
  using Reads = Database::BoundedReads;
  const database::StandbyBoard* board = threads.empty() ? nullptr : threads.front().standbys;
  if (!board) return;
  struct Way {
    const char* server;
    const char* reason;
    metrics::Counter Reads::*member;
  };
  for (const auto& [server, reason, member] :
       {Way{"standby", "within_bound", &Reads::standby}, Way{"primary", "no_standby", &Reads::no_standby},
        Way{"primary", "after_write", &Reads::after_write}, Way{"primary", "standby_failed", &Reads::standby_failed}}) {
    page.counter("support_agent_database_bounded_reads_total",
                 "Reads that may be as old as DATABASE_READ_MAX_LAG, by the server that answered and why it did.",
                 {{"server", server}, {"reason", reason}},
                 sum(
                     threads, [&](const Database& database) -> auto& { return database.bounded_reads.*member; }));
  }
  const auto now = std::chrono::steady_clock::now();
  for (std::size_t host = 0; host < board->size(); ++host) {
    const auto current_as_of = board->current_as_of(host);
    if (!current_as_of) continue;
    const std::chrono::duration<double> lag = std::max(now - *current_as_of, std::chrono::steady_clock::duration(0));
    page.gauge("support_agent_database_standby_lag_seconds",
               "How far a standby is behind the primary at most; absent for what is no standby or not known.",
               {{"host", board->name(host)}}, lag.count());
  }
}

void add_durations(const ServiceMetrics& threads, Exposition& page) {
  page.histogram("support_agent_database_acquire_duration_seconds", "From asking a pool to having a connection.", {},
                 merged(
                     threads, [](const Database& database) -> auto& { return database.acquire; }));
  for (std::size_t i = 0; i < database::outcome_count; ++i) {
    page.histogram("support_agent_database_statement_duration_seconds", "Of statements, by how they ended.",
                   {{"outcome", to_string(static_cast<database::Outcome>(i))}},
                   merged(
                       threads, [&](const Database& database) -> auto& { return database.statements[i]; }));
  }
}

}  // namespace

std::string metrics_page(const ServiceMetrics& threads, std::string_view version) {
  Exposition page;
  page.gauge("support_agent_info", "Always 1; the version is a label.", {{"version", version}}, 1);
  add_connections(threads, page);
  add_requests(threads, page);
  add_pool(threads, page);
  add_shared(threads, page);
  add_standbys(threads, page);
  add_durations(threads, page);
  page.counter("support_agent_log_lines_dropped_total", "Lines of the log that its queue had no room for.", {},
               static_cast<double>(config::dropped_log_lines()));
  return page.text();
}

void add_metrics_route(http::RouteGroup& group, Services& services) {
  const http::RouteOptions whatever_is_accepted{.produces = ""};
  group.add(http::Method::get, "/metrics", whatever_is_accepted, [&services](const http::Request&) {
    http::Response response = http::text(http::Status::ok, metrics_page(*services.metrics, services.version));
    response.content_type = metrics::exposition_media_type;
    return response;
  });
}

}  // namespace support::api
