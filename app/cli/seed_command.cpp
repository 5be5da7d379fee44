#include "app/cli/seed_command.hpp"

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "app/cli/exit_code.hpp"
#include "app/cli/seed_data.hpp"
#include "app/cli/start_up.hpp"
#include "app/config/event_loop_thread.hpp"
#include "app/database/pool.hpp"
#include "app/database/transaction.hpp"

namespace support::cli {
namespace {
namespace asio = boost::asio;

// How many customers the seed added; 0 when there were some already.
asio::awaitable<database::Result<std::int64_t>> seed_if_empty(database::Transaction& transaction) {
  // Two seeds at once: the second one waits here and then finds the first one's rows.
  const auto locked = co_await transaction->run("LOCK TABLE customers IN SHARE ROW EXCLUSIVE MODE");
  if (!locked) co_return locked.error();
  const auto before = co_await transaction->query("SELECT count(*) FROM customers");
  if (!before) co_return before.error();
  const auto existing = before->single<std::int64_t>();
  if (!existing) co_return existing.error();
  if (*existing > 0) co_return 0;
  const auto written = co_await transaction->run(std::string(seed_sql));
  if (!written) co_return written.error();
  const auto after = co_await transaction->query("SELECT count(*) FROM customers");
  if (!after) co_return after.error();
  co_return after->single<std::int64_t>();
}

asio::awaitable<database::Result<std::int64_t>> seed_in_transaction(database::Pool& pool) {
  co_return co_await database::transact(pool, [](database::Transaction& open) { return seed_if_empty(open); });
}

int report(const database::Result<std::int64_t>& added) {
  if (!added) {
    fmt::print(stderr, "Seeding failed and nothing was written: {}\n", added.error().text());
    return added.error().is_unavailable() ? exit_unreachable : exit_bad_request;
  }
  if (*added == 0) {
    fmt::print("There are customers already; nothing was changed.\n");
  } else {
    fmt::print("Added {} example customers with conversations and messages.\n", *added);
  }
  return exit_done;
}

int seed() {
  const StartUp start_up(config::TextStyle::service, DatabaseUse::required);
  const auto environment = start_up.settings()->environment;
  if (environment == config::Environment::production || environment == config::Environment::staging) {
    fmt::print(stderr,
               "Example data is for development and tests; ENVIRONMENT says otherwise, so nothing was written.\n");
    return exit_refused;
  }
  asio::io_context context(1);
  const config::EventLoopThread mark;
  database::Pool pool(context, database::PoolOptions::from(start_up.settings()));
  std::optional<database::Result<std::int64_t>> added;
  std::exception_ptr failure;
  asio::co_spawn(context, seed_in_transaction(pool),
                 [&](const std::exception_ptr& error, database::Result<std::int64_t> result) {
                   failure = error;
                   added.emplace(std::move(result));
                   context.stop();
                 });
  context.run();
  if (failure) std::rethrow_exception(failure);
  return report(*added);
}

}  // namespace

void add_seed_command(CLI::App& program, int& exit_code) {
  auto* command = program.add_subcommand("seed", "Write example data, once, for trying things out");
  command->callback([&exit_code] { exit_code = seed(); });
}

}  // namespace support::cli
