#include "app/database/multiplexer.hpp"

#include <utility>

#include "app/database/multiplexer_shell.hpp"

namespace support::database {

Multiplexer::Multiplexer(asio::io_context& context, MultiplexerOptions options)
    : shell_(std::make_shared<MultiplexerShell>(context, std::move(options))) {}

Multiplexer::~Multiplexer() {
  shell_->close();
}

asio::awaitable<Result<Rows>> Multiplexer::read(std::string_view sql, Params params, Deadline deadline) {
  return MultiplexerShell::run(shell_, StatementKind::read, sql, std::move(params), deadline);
}

asio::awaitable<Result<Rows>> Multiplexer::execute_once(std::string_view sql, Params params, Deadline deadline) {
  return MultiplexerShell::run(shell_, StatementKind::write, sql, std::move(params), deadline);
}

MultiplexerStats Multiplexer::stats() const {
  return shell_->stats();
}
const MultiplexerOptions& Multiplexer::options() const {
  return shell_->options();
}

}  // namespace support::database
