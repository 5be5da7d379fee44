// Answers that are read piece by piece, COPY both ways among them (PostgreSQL manual, 34.6 and 34.10).
#include <algorithm>
#include <utility>

#include "app/database/wire.hpp"

namespace support::database {
namespace {

// What is queued at once; libpq would take everything and keep a copy of it.
constexpr std::size_t chunk_size = 64 * 1024;

}  // namespace

asio::awaitable<std::optional<Error>> Wire::read_more(TimePoint deadline) {
  if (!has_decrypted_bytes()) {
    const error_code ec = co_await wait(Readiness::read, deadline);
    if (ec) co_return given_up(ec);
  }
  if (PQconsumeInput(handle()) == 0) co_return lost();
  co_return std::nullopt;
}

asio::awaitable<Result<ResultHandle>> Wire::next_result(TimePoint deadline) {
  interrupted_ = true;
  if (auto error = co_await send_rest(deadline)) co_return std::move(*error);
  while (PQisBusy(handle())) {
    if (auto error = co_await read_more(deadline)) co_return std::move(*error);
  }
  ResultHandle result(PQgetResult(handle()));
  if (!result) {
    interrupted_ = false;
    if (PQsocket(handle()) < 0) let_go_of_socket();
  }
  co_return result;
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

asio::awaitable<std::optional<Error>> Wire::end_copy_in(const char* error, TimePoint deadline) {
  for (;;) {
    const int queued = PQputCopyEnd(handle(), error);
    if (queued < 0) co_return lost();
    if (queued > 0) co_return std::nullopt;
    if (auto failure = co_await send_rest(deadline)) co_return failure;
  }
}

asio::awaitable<Result<CopyPiece>> Wire::next_copy_piece(TimePoint deadline) {
  for (;;) {
    char* data = nullptr;
    const int size = PQgetCopyData(handle(), &data, 1);
    if (size > 0) co_return CopyPiece{std::unique_ptr<char, CopyDataDeleter>(data), static_cast<std::size_t>(size)};
    if (size == -1) co_return CopyPiece{};
    if (size < 0) co_return lost();
    if (auto error = co_await read_more(deadline)) co_return std::move(*error);
  }
}

asio::awaitable<std::optional<Error>> Wire::drain(TimePoint deadline) {
  for (;;) {
    const auto result = co_await next_result(deadline);
    if (!result) co_return result.error();
    if (!*result) co_return std::nullopt;
    switch (PQresultStatus(result->get())) {
      case PGRES_COPY_IN:
        if (auto error = co_await end_copy_in("the client has given up", deadline)) co_return error;
        break;
      case PGRES_COPY_OUT:
        for (bool more = true; more;) {
          const auto piece = co_await next_copy_piece(deadline);
          if (!piece) co_return piece.error();
          more = piece->data != nullptr;
        }
        break;
      case PGRES_COPY_BOTH:
        co_return lost();
      default:
        break;
    }
  }
}

asio::awaitable<Result<bool>> Wire::wait_for_input(TimePoint deadline) {
  auto error = co_await read_more(deadline);
  if (!error) {
    (void)PQisBusy(handle());  // parses it
    if (is_broken()) co_return lost();
    co_return true;
  }
  if (error->is_deadline_exceeded()) co_return false;
  co_return std::move(*error);
}

asio::awaitable<std::optional<Error>> Wire::send_rest(TimePoint deadline) {
  const int left = PQflush(handle());
  if (left < 0) co_return lost();
  if (left == 0) co_return std::nullopt;
  co_return co_await flush(deadline);
}

}  // namespace support::database
