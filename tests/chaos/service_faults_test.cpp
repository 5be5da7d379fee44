// The service while the way to its database, the database itself, or its clients fail.
#include <sys/socket.h>

#include <array>
#include <memory>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include "tests/chaos/server_process.hpp"
#include "tests/chaos/service_under_fault.hpp"

namespace support::tests {
namespace {

using namespace std::chrono_literals;
using std::this_thread::sleep_for;
using Manner = ByteProxy::Manner;

TEST(ServiceChaos, TheNetworkIsBad) {
  ServiceUnderFault service(TestCluster::instance());
  ByteProxy& proxy = service.proxy();
  const auto for_a_while = [&](Manner manner, std::chrono::milliseconds time) {
    proxy.behave(manner);
    sleep_for(time);
    proxy.behave(Manner::pass);
  };
  print_counts({
      service.try_often("all connections are reset", [&](std::size_t) { proxy.cut(); }),
      service.try_often("the same, again and again",
                        [&](std::size_t) {
                          for (int i = 0; i < 10; ++i) {
                            proxy.cut();
                            sleep_for(std::chrono::milliseconds(7 * i));
                          }
                        }),
      service.try_often("nothing moves, for less than a request may take",
                        [&](std::size_t) { for_a_while(Manner::stall, 400ms); }),
      service.try_often("nothing moves, for longer", [&](std::size_t) { for_a_while(Manner::stall, 1500ms); }),
      service.try_often("nothing moves, then all connections are reset",
                        [&](std::size_t) {
                          proxy.behave(Manner::stall);
                          sleep_for(300ms);
                          proxy.cut();
                          proxy.behave(Manner::pass);
                        }),
      service.try_often("the server's half of all connections ends", [&](std::size_t) { proxy.end_answers(); }),
      service.try_often("the service's half of all connections ends", [&](std::size_t) { proxy.end_requests(); }),
      service.try_unnoticed("every byte is a packet of its own",
                            [&](std::size_t) { for_a_while(Manner::split, 400ms); }),
      service.try_unnoticed("everything is 20 ms late", [&](std::size_t) { for_a_while(Manner::delay, 400ms); }),
  });
  service.end();
}

// As many sessions as the server gives.
std::vector<std::unique_ptr<pqxx::connection>> take_all_sessions(const TestDatabase& database) {
  std::vector<std::unique_ptr<pqxx::connection>> taken;
  try {
    for (;;) taken.push_back(std::make_unique<pqxx::connection>(database.url_text()));
  } catch (const pqxx::broken_connection&) {
    return taken;
  }
}

TEST(ServiceChaos, TheServerFails) {
  TestCluster cluster;
  cluster.sql("ALTER SYSTEM SET max_connections = 30");
  cluster.restart();
  const ServerProcess server(cluster);
  ServiceUnderFault service(cluster);
  const auto terminate = [&](const std::string& which) {
    service.database().sql(fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {} AND {}",
                                       ServiceUnderFault::sessions, which));
  };
  print_counts({
      service.try_often("all sessions are terminated", [&](std::size_t) { terminate("true"); }),
      service.try_often("some sessions are terminated, again and again",
                        [&](std::size_t) {
                          for (int i = 0; i < 20; ++i) {
                            terminate("random() < 0.3");
                            sleep_for(std::chrono::milliseconds(i));
                          }
                        }),
      service.try_often("all statements are cancelled, again and again",
                        [&](std::size_t) {
                          for (int i = 0; i < 20; ++i) {
                            service.database().sql(
                                fmt::format("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE {}",
                                            ServiceUnderFault::sessions));
                          }
                        }),
      service.try_often("the server has no session left",
                        [&](std::size_t) {
                          // Those of the service go when it has cut them, and others take the places.
                          service.proxy().behave(Manner::stall);
                          service.proxy().cut();
                          sleep_for(50ms);
                          const auto taken = take_all_sessions(service.database());
                          service.proxy().behave(Manner::pass);
                          sleep_for(300ms);
                        }),
      service.try_often("the server stops at once and starts",
                        [&](std::size_t) {
                          cluster.stop(cli::LocalCluster::StopMode::immediate);
                          sleep_for(100ms);
                          cluster.start();
                        }),
      service.try_often("the server shuts down and starts", [&](std::size_t) { cluster.restart(); }),
      service.try_often("kill -9 of the server",
                        [&](std::size_t) {
                          server.kill();
                          server.start_again();
                        }),
  });
  service.end();
}

// Sends a request and is gone before the answer, with an end or with a reset.
void ask_and_leave(std::uint16_t port, const std::string& request, bool with_reset) {
  boost::asio::io_context context;
  boost::asio::ip::tcp::socket socket(context);
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  boost::asio::write(socket, boost::asio::buffer(request));
  sleep_for(30ms);
  if (with_reset) socket.set_option(boost::asio::socket_base::linger(true, 0));
}

TEST(ServiceChaos, ClientsLeaveAndTheSchemaChanges) {
  ServiceUnderFault service(TestCluster::instance());
  const std::string list = "GET /api/v1/conversations/1/messages HTTP/1.1\r\nHost: test\r\n\r\n";
  const std::string body = R"({"role":"CUSTOMER","content":"from one who left"})";
  const std::string append = fmt::format(
      "POST /api/v1/conversations/1/messages HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
      "Content-Length: {}\r\n\r\n{}",
      body.size(), body);
  // One table each: two locks at once may be a deadlock.
  const std::array changes = {"ALTER TABLE customers ALTER COLUMN notes TYPE varchar(4000), ADD COLUMN extra int",
                              "ALTER TABLE messages ALTER COLUMN content TYPE varchar(30000), ADD COLUMN extra int",
                              "ALTER TABLE customers ALTER COLUMN notes TYPE text, DROP COLUMN extra",
                              "ALTER TABLE messages ALTER COLUMN content TYPE text, DROP COLUMN extra"};
  print_counts({
      service.try_often("clients leave while their statements run",
                        [&](std::size_t number) {
                          pqxx::connection connection(service.database().url_text());
                          pqxx::work blocker(connection);
                          blocker.exec("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE");
                          std::vector<std::thread> leaving;
                          for (int i = 0; i < 20; ++i) {
                            const bool with_reset = (i / 2 + static_cast<int>(number)) % 2 == 0;
                            leaving.emplace_back(ask_and_leave, service.port(), i % 2 == 0 ? list : append, with_reset);
                          }
                          for (auto& thread : leaving) thread.join();
                          sleep_for(200ms);
                        }),
      service.try_unnoticed("the types of results change, and columns come and go",
                            [&](std::size_t) {
                              for (int i = 0; i < 4; ++i) {
                                for (const char* change : changes) {
                                  service.database().sql(change);
                                  sleep_for(10ms);
                                }
                              }
                            }),
  });
  service.end();
}

}  // namespace
}  // namespace support::tests
