#include "app/database/repositories/statement.hpp"

namespace support::database {

boost::asio::awaitable<Result<Rows>> run_statement(Database& database, std::string sql, Params params,
                                                   Deadline deadline) {
  // `sql` lives in this coroutine's frame, as Pool::query() asks.
  co_return co_await database.pool().query(sql, std::move(params), deadline);
}

}  // namespace support::database
