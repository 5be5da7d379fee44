#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "app/cli/cluster/command_line.hpp"
#include "app/cli/cluster/server_account.hpp"

#include "tests/support/free_port.hpp"

namespace support::database::tests {

// A PgBouncer in transaction mode in front of a server, for as long as the object lives.
class Bouncer {
 public:
  static bool is_installed() { return std::filesystem::exists("/usr/sbin/pgbouncer"); }

  // `connections`: how many of the server's it shares among its clients.
  Bouncer(int server_port, int connections)
      : port_(support::tests::free_tcp_port()),
        account_(cli::ServerAccount::current()),
        folder_("/tmp/support-agent-bouncer-" + std::to_string(port_)) {
    account_.make_private_folder(folder_);
    const std::string file = folder_ / "pgbouncer.ini";
    std::ofstream(file) << "[databases]\n* = host=127.0.0.1 port=" << server_port << " user=support_agent\n"
                        << "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " << port_
                        << "\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = "
                        << connections << "\npidfile = " << (folder_ / "pid").string()
                        << "\nlogfile = " << (folder_ / "log").string() << "\n";
    std::filesystem::permissions(file, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
    const auto started = cli::run_program(account_.run_as({"/usr/sbin/pgbouncer", "-d", file}));
    if (started.status != 0) throw std::runtime_error("pgbouncer did not start: " + started.output);
    wait_until_it_listens();  // it leaves the terminal before it does
  }
  ~Bouncer() {
    std::string pid;
    std::ifstream(folder_ / "pid") >> pid;
    if (!pid.empty()) cli::run_program(account_.run_as({"kill", "-KILL", pid}));
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Bouncer(const Bouncer&) = delete;
  Bouncer& operator=(const Bouncer&) = delete;

  std::string url(const std::string& database) const {
    return "postgresql://support_agent@127.0.0.1:" + std::to_string(port_) + "/" + database;
  }

 private:
  void wait_until_it_listens() const {
    namespace ip = boost::asio::ip;
    const ip::tcp::endpoint endpoint(ip::make_address_v4("127.0.0.1"), static_cast<unsigned short>(port_));
    boost::asio::io_context context;
    for (int i = 0; i < 1000; ++i) {
      boost::system::error_code ec;
      ip::tcp::socket(context).connect(endpoint, ec);
      if (!ec) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    throw std::runtime_error("pgbouncer does not listen.");
  }

  int port_;
  cli::ServerAccount account_;
  std::filesystem::path folder_;
};

}  // namespace support::database::tests
