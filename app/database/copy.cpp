// COPY … FROM STDIN on a nonblocking connection (PostgreSQL manual, "Functions Associated with the COPY Command").
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "app/database/wire.hpp"

namespace support::database {
namespace {

// What is queued at once; libpq would take everything and keep a copy of it.
constexpr std::size_t chunk_size = 256 * 1024;

}  // namespace

asio::awaitable<Result<ResultHandle>> Wire::copy_in(std::string_view data, TimePoint deadline) {
  interrupted_ = true;
  auto first = co_await next_result(deadline);
  if (!first) co_return first.error();
  if (!*first) co_return lost();
  if (PQresultStatus(first->get()) != PGRES_COPY_IN) {
    const bool failed = is_error(**first);
    auto rest = co_await answer(deadline);
    if (failed) co_return error_of(**first);
    if (rest.error) co_return std::move(*rest.error);
    co_return Error(Condition::bad_parameter,
                    "The statement asks for no data: copy_in() is for COPY … FROM STDIN alone.");
  }
  // A server that has found an error reads the rest and throws it away; it says so at the end.
  if (auto error = co_await put_copy_data(data, deadline)) co_return std::move(*error);
  if (auto error = co_await end_copy_data(deadline)) co_return std::move(*error);
  co_return co_await exchange(deadline);
}

asio::awaitable<Result<ResultHandle>> Wire::next_result(TimePoint deadline) {
  if (auto error = co_await send_rest(deadline)) co_return std::move(*error);
  while (PQisBusy(handle())) {
    if (!has_decrypted_bytes()) {
      const error_code ec = co_await wait(Readiness::read, deadline);
      if (ec) co_return given_up(ec);
    }
    if (PQconsumeInput(handle()) == 0) co_return lost();
  }
  co_return ResultHandle(PQgetResult(handle()));
}

asio::awaitable<std::optional<Error>> Wire::put_copy_data(std::string_view data, TimePoint deadline) {
  while (!data.empty()) {
    const auto chunk = data.substr(0, chunk_size);
    const int queued = PQputCopyData(handle(), chunk.data(), static_cast<int>(chunk.size()));
    if (queued < 0) co_return lost();
    if (queued > 0) data.remove_prefix(chunk.size());
    if (auto error = co_await send_rest(deadline)) co_return error;
  }
  co_return std::nullopt;
}

asio::awaitable<std::optional<Error>> Wire::end_copy_data(TimePoint deadline) {
  for (;;) {
    const int queued = PQputCopyEnd(handle(), nullptr);
    if (queued < 0) co_return lost();
    if (queued > 0) co_return std::nullopt;
    if (auto error = co_await send_rest(deadline)) co_return error;
  }
}

asio::awaitable<std::optional<Error>> Wire::send_rest(TimePoint deadline) {
  const int left = PQflush(handle());
  if (left < 0) co_return lost();
  if (left == 0) co_return std::nullopt;
  co_return co_await flush(deadline);
}

}  // namespace support::database
