#include "app/cli/probe_command.hpp"

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include <boost/asio/connect.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "app/cli/exit_code.hpp"
#include "app/config/settings.hpp"

namespace support::cli {
namespace {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::chrono::seconds patience{4};

struct Answer {
  unsigned status = 0;
  std::string body;
};

asio::awaitable<Answer> get(std::string host, std::string port, std::string path) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto endpoints = co_await resolver.async_resolve(host, port, asio::use_awaitable);
  beast::tcp_stream stream(executor);
  stream.expires_after(patience);
  co_await stream.async_connect(endpoints, asio::use_awaitable);
  http::request<http::empty_body> request{http::verb::get, path, 11};
  request.set(http::field::host, host);
  request.set(http::field::connection, "close");
  request.set(http::field::user_agent, "support-agent-probe");
  co_await http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  co_await http::async_read(stream, buffer, response, asio::use_awaitable);
  co_return Answer{response.result_int(), response.body()};
}

// The wildcard addresses are for listening; a probe goes to the loopback address of the same family.
std::string address_to_probe(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  if (host == "::") return "::1";
  return host;
}

int probe(const std::string& path) {
  const auto settings = config::Settings::load(config::SettingsSources::of_process());
  const std::string host = address_to_probe(settings->http_host);
  const std::string port = std::to_string(settings->http_port);
  asio::io_context context(1);
  Answer answer;
  std::string failure;
  asio::co_spawn(context, get(host, port, path), [&](const std::exception_ptr& error, Answer result) {
    try {
      if (error) std::rethrow_exception(error);
      answer = std::move(result);
    } catch (const boost::system::system_error& caught) {
      failure = caught.code().message();
    } catch (const std::exception& caught) {
      failure = caught.what();
    }
  });
  context.run();
  if (!failure.empty()) {
    fmt::print(stderr, "No answer from http://{}:{}{}: {}. Is `support-agent serve` running there?\n", host, port, path,
               failure);
    return exit_unreachable;
  }
  fmt::print("{} {}\n", answer.status, answer.body);
  return answer.status / 100 == 2 ? exit_done : exit_found;
}

}  // namespace

void add_probe_command(CLI::App& program, int& exit_code) {
  auto* command = program.add_subcommand("probe", "Ask a running service whether it is ready (for health checks)");
  auto path = std::make_shared<std::string>("/ready");
  command->add_option("path", *path, "what to GET")->capture_default_str();
  command->callback([path, &exit_code] { exit_code = probe(*path); });
}

}  // namespace support::cli
