#include "app/http/head_scanner.hpp"

#include <string>

#include <gtest/gtest.h>

namespace support::http {
namespace {

using Verdict = HeadScanner::Verdict;

const HeadLimits limits = {.request_line = 64, .size = 256, .fields = 3};

// The status it is refused with, 200 when complete, 0 when more is needed: at once, and byte by byte, which must agree.
int scan(const std::string& text) {
  const auto outcome = [](HeadScanner& scanner, Verdict verdict) {
    if (verdict == Verdict::refused) return static_cast<int>(scanner.problem().status);
    return verdict == Verdict::complete ? 200 : 0;
  };
  HeadScanner whole(limits);
  const int at_once = outcome(whole, whole.scan(text));
  HeadScanner slow(limits);
  int bytewise = 0;
  for (std::size_t size = 1; size <= text.size() && bytewise == 0; ++size) {
    bytewise = outcome(slow, slow.scan(std::string_view(text).substr(0, size)));
  }
  EXPECT_EQ(at_once, bytewise) << text;
  return at_once;
}

TEST(HeadScanner, FindsTheEndOfAHead) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(scan(head), 200);
  HeadScanner scanner(limits);
  ASSERT_EQ(scanner.scan(head + "next request"), Verdict::complete);
  EXPECT_EQ(scanner.end(), head.size());
  EXPECT_EQ(scanner.request_line_end(), 16U);
}

TEST(HeadScanner, IgnoresOneEmptyLineBeforeTheRequest) {
  const std::string head = "\r\nGET / HTTP/1.1\r\n\r\n";
  EXPECT_EQ(scan(head), 200);
  HeadScanner scanner(limits);
  ASSERT_EQ(scanner.scan(head), Verdict::complete);
  EXPECT_EQ(scanner.begin(), 2U);
}

TEST(HeadScanner, NeedsMoreUntilTheEmptyLine) {
  EXPECT_EQ(scan("GET / HT"), 0);
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nHost: a\r\n"), 0);
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nHost: a\r\n\r"), 0);
}

TEST(HeadScanner, RefusesFoldedFields) {
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n"), 400);
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nX: a\r\n\tb\r\n\r\n"), 400);
  EXPECT_EQ(scan("GET / HTTP/1.1\r\n X: a\r\n\r\n"), 400);
}

TEST(HeadScanner, RefusesBareLineFeedsAndCarriageReturns) {
  EXPECT_EQ(scan("GET / HTTP/1.1\nHost: a\n\n"), 400);
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nHost: a\n\r\n"), 400);
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n"), 400);
  EXPECT_EQ(scan(std::string("GET / HTTP/1.1\r\nX: \0\r\n\r\n", 23)), 400);
}

TEST(HeadScanner, RefusesARequestLineThatIsNotVisibleAscii) {
  EXPECT_EQ(scan("\x16\x03\x01\x02"), 400);
  EXPECT_EQ(scan("GET /\xc3\xa9 HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(scan("GET /\t HTTP/1.1\r\n\r\n"), 400);
}

TEST(HeadScanner, LimitsTheRequestLineBeforeItIsComplete) {
  EXPECT_EQ(scan("GET /" + std::string(59, 'a')), 0);
  EXPECT_EQ(scan("GET /" + std::string(61, 'a')), 414);
  EXPECT_EQ(scan("GET /" + std::string(70, 'a') + " HTTP/1.1\r\n\r\n"), 414);
}

TEST(HeadScanner, LimitsTheSizeOfTheHeadBeforeItIsComplete) {
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nX: " + std::string(300, 'a')), 431);
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nX: " + std::string(300, 'a') + "\r\n\r\n"), 431);
}

TEST(HeadScanner, LimitsTheNumberOfFields) {
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n"), 200);
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n"), 431);
}

}  // namespace
}  // namespace support::http
