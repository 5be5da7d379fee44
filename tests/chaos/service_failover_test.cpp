// The service while another server takes the place of its own: a switch that was planned, and one after a crash.
#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include "tests/chaos/server_process.hpp"
#include "tests/chaos/service_under_fault.hpp"
#include "tests/support/standby.hpp"

namespace support::tests {
namespace {

using namespace std::chrono_literals;
using std::this_thread::sleep_for;

class ServiceFailover : public testing::Test {
 protected:
  void SetUp() override {
    if (!Standby::is_possible(TestCluster::instance())) GTEST_SKIP() << "This server comes without pg_basebackup.";
  }

  // From now on the database that is looked at is the standby's.
  static void look_at(ServiceUnderFault& service, const Standby& standby) {
    service.look_at([url = standby.url(service.database().name())](const std::string& sql) {
      pqxx::connection connection(url.sync(config::Password::show));
      pqxx::nontransaction session(connection);
      std::vector<std::vector<std::string>> rows;
      for (const auto& row : session.exec(sql)) {
        auto& copy = rows.emplace_back();
        for (const auto& field : row) copy.emplace_back(field.c_str());
      }
      return rows;
    });
  }
  // Waits until a COMMIT of the primary is acknowledged only when the standby has it, too.
  static void make_synchronous(const TestCluster& primary) {
    primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
    primary.sql("SELECT pg_reload_conf()");
    const auto give_up = std::chrono::steady_clock::now() + 30s;
    while (primary.sql("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'").empty()) {
      if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("The standby is not synchronous.");
      sleep_for(10ms);
    }
  }

  TestCluster primary_;
};

TEST_F(ServiceFailover, AfterAShutdown) {
  ServiceUnderFault service(primary_);
  Standby standby(primary_);
  print_counts({service.try_once("the server shuts down, a standby is read and then promoted", [&](std::size_t) {
    primary_.stop();
    service.proxy().lead_to(standby.tcp_port());
    sleep_for(300ms);
    standby.promote();
    look_at(service, standby);
  })});
  service.end();
}

// What the standby has not heard of is not acknowledged, so nothing acknowledged is missing.
TEST_F(ServiceFailover, AfterACrash) {
  ServiceUnderFault service(primary_);
  Standby standby(primary_);
  make_synchronous(primary_);
  const ServerProcess server(primary_);
  print_counts({service.try_once("kill -9 of the server, its synchronous standby is promoted", [&](std::size_t) {
    server.kill();
    sleep_for(200ms);
    standby.promote();
    service.proxy().lead_to(standby.tcp_port());
    look_at(service, standby);
  })});
  service.end();
}

}  // namespace
}  // namespace support::tests
