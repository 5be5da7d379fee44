#include "app/config/log_line.hpp"

#include <limits>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seed.hpp"

namespace support::config {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// 2026-01-18 03:38:38.172 UTC
const std::chrono::system_clock::time_point moment{1768707518172ms};

std::string line_of(LogFormat format, TextStyle style, std::string_view message, std::vector<LogField> fields = {},
                    spdlog::level::level_enum level = spdlog::level::info, std::string_view logger = "http") {
  fmt::memory_buffer line;
  append_line(line, {.time = moment, .level = level, .logger = logger, .message = message, .fields = fields}, format,
              style);
  return {line.data(), line.size()};
}

std::string text_of(std::string_view message, std::vector<LogField> fields = {}) {
  return line_of(LogFormat::text, TextStyle::service, message, std::move(fields));
}

std::string json_of(std::string_view message, std::vector<LogField> fields = {}) {
  return line_of(LogFormat::json, TextStyle::service, message, std::move(fields));
}

TEST(LogLine, HasTimeLevelLoggerMessageAndFieldsInText) {
  EXPECT_EQ(
      text_of("request done",
              {{"status", 200}, {"path", "/ping"}, {"agent", "a \"b\" c"}, {"ok", true}, {"ms", 1.25}, {"none", ""}}),
      R"(2026-01-18T03:38:38.172Z info  http: request done status=200 path=/ping agent="a \"b\" c" ok=true ms=1.25 none="")");
}

TEST(LogLine, IsOneObjectInJson) {
  EXPECT_EQ(
      json_of("request done", {{"status", 200},
                               {"path", "/ping"},
                               {"ok", false},
                               {"ms", 1.25},
                               {"big", std::numeric_limits<std::int64_t>::min()}}),
      R"({"ts":"2026-01-18T03:38:38.172Z","level":"info","logger":"http","message":"request done","status":200,"path":"/ping",)"
      R"("ok":false,"ms":1.25,"big":-9223372036854775808})");
}

TEST(LogLine, LooksLikePythonAlembicsOnTheCommandLine) {
  const auto line = [](spdlog::level::level_enum level) {
    return line_of(LogFormat::text, TextStyle::alembic, "Running upgrade", {}, level, "alembic.runtime.migration");
  };
  EXPECT_EQ(line(spdlog::level::info), "INFO  [alembic.runtime.migration] Running upgrade");
  EXPECT_EQ(line(spdlog::level::warn), "WARNI [alembic.runtime.migration] Running upgrade");
  EXPECT_EQ(line(spdlog::level::err), "ERROR [alembic.runtime.migration] Running upgrade");
  EXPECT_EQ(line(spdlog::level::debug), "DEBUG [alembic.runtime.migration] Running upgrade");
  EXPECT_EQ(line(spdlog::level::critical), "CRITI [alembic.runtime.migration] Running upgrade");
}

TEST(LogLine, CannotBeForgedByANewlineInText) {
  EXPECT_THAT(text_of("a\n2026 info b\r\t\x1b[2J\x7f"), HasSubstr(R"(a\n2026 info b\r\t\x1b[2J\x7f)"));
  EXPECT_THAT(text_of("m", {{"k", "a\nb"}}), HasSubstr(R"(k="a\nb")"));
  EXPECT_THAT(text_of("\u0085\u009b\u2028\u00a0"), HasSubstr("\\xc2\\x85\\xc2\\x9b\\xe2\\x80\\xa8\u00a0"));
}

TEST(LogLine, KeepsUtf8AndMarksWhatIsNone) {
  EXPECT_THAT(text_of("Zoë 🦊"), HasSubstr("Zoë 🦊"));
  EXPECT_THAT(text_of("a\xff\xc3(\xed\xa0\x80"), HasSubstr(R"(a\xff\xc3(\xed\xa0\x80)"));
  EXPECT_THAT(json_of("Zoë\xff"), HasSubstr(R"("message":"Zoë\ufffd")"));
}

TEST(LogLine, HasNoWordForInfinityInJson) {
  EXPECT_THAT(json_of("m", {{"x", std::numeric_limits<double>::infinity()}}), HasSubstr(R"("x":null)"));
}

TEST(LogLine, IsOneValidJsonLineWhateverTheTextsHold) {
  std::mt19937 random(testing::seed());
  for (int i = 0; i < 20'000; ++i) {
    std::string message = testing::random_bytes(random, 0, 40);
    if (i % 2 == 0) message += '\0';
    const std::string value = testing::random_bytes(random, 0, 20);
    const std::string line = json_of(message, {{"field", value}});
    boost::json::error_code error;
    const auto parsed = boost::json::parse(line, error);
    ASSERT_FALSE(error) << line;
    ASSERT_EQ(parsed.as_object().size(), 5U);
    const std::string text = text_of(message, {{"field", value}});
    for (const char c : text) ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) << text;
  }
}

TEST(LogLine, ReadsBackAsTheSameTextFromJson) {
  std::string message;
  for (int c = 0; c < 0x80; ++c) message += static_cast<char>(c);
  message += "é€🦊";
  const auto parsed = boost::json::parse(json_of(message));
  EXPECT_EQ(std::string(parsed.at("message").as_string()), message);
}

TEST(LogLine, ShowsTheTimeOfEverySecondAnew) {
  fmt::memory_buffer line;
  for (const auto offset : {0ms, 1000ms, 999ms, -1ms}) {
    line.clear();
    append_line(line,
                {.time = std::chrono::system_clock::time_point(offset),
                 .level = spdlog::level::info,
                 .logger = "x",
                 .message = ""},
                LogFormat::text, TextStyle::service);
    const std::string text(line.data(), line.size());
    const std::string expected = offset == 0ms      ? "1970-01-01T00:00:00.000Z"
                                 : offset == 1000ms ? "1970-01-01T00:00:01.000Z"
                                 : offset == 999ms  ? "1970-01-01T00:00:00.999Z"
                                                    : "1969-12-31T23:59:59.999Z";
    EXPECT_TRUE(text.starts_with(expected)) << text;
  }
}

}  // namespace
}  // namespace support::config
