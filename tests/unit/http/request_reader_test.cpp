#include "app/http/request_reader.hpp"

#include <string>

#include <gtest/gtest.h>

namespace support::http {
namespace {

using Progress = RequestReader::Progress;

const HeadLimits limits = {.request_line = 8192, .size = 16384, .fields = 100};

struct Outcome {
  Progress progress = Progress::need_more;
  int status = 0;  // when refused
  std::size_t left = 0;
};

// Shows the reader the text in pieces of `step` bytes, as a socket would.
Outcome read(const std::string& text, Request& request, std::size_t step, std::uint64_t body_limit = 1024) {
  RequestReader reader(request, limits, 2048);
  reader.limit_body(body_limit);
  const auto refused = [&] { return Outcome{Progress::refused, static_cast<int>(reader.problem().status), 0}; };
  std::string buffer;
  std::size_t shown = 0;
  bool head_done = false;
  while (shown < text.size()) {
    buffer += text.substr(shown, step);
    shown = std::min(text.size(), shown + step);
    if (!head_done) {
      const Progress progress = reader.read_head(buffer);
      if (progress == Progress::refused) return refused();
      if (progress == Progress::need_more) continue;
      head_done = true;
      buffer.erase(0, reader.head_size());
    }
    std::size_t consumed = 0;
    const Progress progress = reader.read_body(buffer, consumed);
    buffer.erase(0, consumed);
    if (progress == Progress::refused) return refused();
    if (progress == Progress::done) return {Progress::done, 0, buffer.size() + text.size() - shown};
  }
  return {};
}

class RequestReaderInPieces : public testing::TestWithParam<std::size_t> {};

TEST_P(RequestReaderInPieces, ReadsAHeadWithoutBody) {
  Request request;
  const auto outcome = read("GET /a%20b?x=1&x=2 HTTP/1.1\r\nHost: a\r\nX-Y:  v \r\n\r\nGET", request, GetParam());
  EXPECT_EQ(outcome.progress, Progress::done);
  EXPECT_EQ(outcome.left, 3U);
  EXPECT_EQ(request.method, Method::get);
  EXPECT_EQ(request.path, "/a b");
  EXPECT_EQ(request.query, (std::vector<QueryParameter>{{"x", "1"}, {"x", "2"}}));
  EXPECT_EQ(request.header("x-y"), "v");
}

TEST_P(RequestReaderInPieces, ReadsABodyOfAnnouncedLength) {
  Request request;
  const auto outcome = read("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /", request, GetParam());
  EXPECT_EQ(outcome.progress, Progress::done);
  EXPECT_EQ(outcome.left, 5U);
  EXPECT_EQ(request.body, "hello");
}

TEST_P(RequestReaderInPieces, ReadsChunksAndIgnoresTrailers) {
  Request request;
  const std::string text =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nAuthorization: evil\r\nX-Request-Id: evil\r\n\r\nGET";
  const auto outcome = read(text, request, GetParam());
  EXPECT_EQ(outcome.progress, Progress::done);
  EXPECT_EQ(outcome.left, 3U);
  EXPECT_EQ(request.body, "hello world");
  EXPECT_EQ(request.header("Authorization"), std::nullopt);
  EXPECT_EQ(request.headers.size(), 2U);
}

TEST_P(RequestReaderInPieces, RefusesABodyOverTheLimitHoweverItIsFramed) {
  Request request;
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(read(head + "Content-Length: 6\r\n\r\nabcdef", request, GetParam(), 5).status, 413);
  request.clear();
  EXPECT_EQ(
      read(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n", request, GetParam(), 5).status,
      413);
  request.clear();
  EXPECT_EQ(read(head + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\na", request, GetParam(), 5).status, 413);
  EXPECT_LE(request.body.size(), 5U);
}

TEST_P(RequestReaderInPieces, RefusesLongChunkExtensions) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  Request request;
  EXPECT_EQ(read(head + "1;" + std::string(3000, 'x') + "\r\na\r\n0\r\n\r\n", request, GetParam()).status, 400);
  request.clear();
  // Many chunks with short extensions are no way around it.
  std::string many;
  for (int count = 0; count < 30; ++count) many += "1;" + std::string(100, 'x') + "\r\na\r\n";
  EXPECT_EQ(read(head + many + "0\r\n\r\n", request, GetParam()).status, 400);
  request.clear();
  // An extension that never ends is refused without its end.
  EXPECT_EQ(read(head + "1;" + std::string(20'000, 'x'), request, GetParam()).status, 400);
}

TEST_P(RequestReaderInPieces, RefusesMalformedChunks) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto* body : {"g\r\n", "-1\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n", "\r\n\r\n",
                           "5\nhello\r\n", "5\r\nhelloo\r\n0\r\n\r\n", "10000000000000000\r\na\r\n"}) {
    Request request;
    EXPECT_EQ(read(head + body, request, GetParam()).status, 400) << body;
  }
}

INSTANTIATE_TEST_SUITE_P(Pieces, RequestReaderInPieces, testing::Values(1, 2, 7, 4096, 100'000));

TEST(RequestReader, RefusesAnUnknownMethodAsSoonAsTheRequestLineIsThere) {
  Request request;
  RequestReader reader(request, limits, 2048);
  EXPECT_EQ(reader.read_head("get / HTTP/1.1\r"), Progress::need_more);
  EXPECT_EQ(reader.read_head("get / HTTP/1.1\r\n"), Progress::refused);
  EXPECT_EQ(reader.problem().status, Status::not_implemented);
}

TEST(RequestReader, KnowsWhetherTheConnectionStaysOpen) {
  const auto keep_alive = [](const std::string& text) {
    Request request;
    RequestReader reader(request, limits, 2048);
    EXPECT_EQ(reader.read_head(text), Progress::done);
    return reader.keep_alive();
  };
  EXPECT_TRUE(keep_alive("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.1\r\nHost: a\r\nConnection: close, keep-alive\r\n\r\n"));
  EXPECT_FALSE(keep_alive("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keep_alive("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

}  // namespace
}  // namespace support::http
