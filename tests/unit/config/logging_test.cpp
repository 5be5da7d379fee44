#include "app/config/logging.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.hpp"

namespace support::config {
namespace {

using ::testing::AllOf;
using testing::Configuration;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

class Logging : public ::testing::Test {
 protected:
  ~Logging() override { shut_down_logging(); }

  Configuration with_file() { return Configuration(configuration_).set("LOG_FILE", path_); }

  Configuration configuration_;
  std::string path_ = configuration_.folder().path("log");
};

TEST_F(Logging, WritesWhatIsQueuedWhenItIsShutDown) {
  set_up_logging(with_file().load(), TextStyle::service);
  for (int i = 0; i < 1000; ++i) log_event(spdlog::level::info, "http", "line", {{"number", i}});
  shut_down_logging();
  const auto lines = lines_of(path_);
  ASSERT_THAT(lines, SizeIs(1000));
  EXPECT_THAT(lines.front(), EndsWith("info  http: line number=0"));
  EXPECT_THAT(lines.back(), EndsWith("number=999"));
}

TEST_F(Logging, GoesOnAfterItIsShutDown) {
  set_up_logging(with_file().load(), TextStyle::service);
  shut_down_logging();
  log_event(spdlog::level::info, "serve", "late");
  EXPECT_THAT(lines_of(path_), ElementsAre(EndsWith("late")));
}

TEST_F(Logging, KeepsToTheLevel) {
  set_up_logging(with_file().set("LOG_LEVEL", "warning").load(), TextStyle::alembic);
  log_event(spdlog::level::info, "x", "quiet");
  log_event(spdlog::level::warn, "x", "loud");
  EXPECT_THAT(lines_of(path_), ElementsAre("WARNI [x] loud"));
  set_up_logging(with_file().set("LOG_LEVEL", "off").load(), TextStyle::alembic);
  log_event(spdlog::level::critical, "x", "nothing");
  EXPECT_THAT(lines_of(path_), SizeIs(1));
}

TEST_F(Logging, OfACommandIsWrittenAtOnceSoThatOrderIsKept) {
  set_up_logging(with_file().load(), TextStyle::alembic);
  log_event(spdlog::level::info, "alembic", "first");
  EXPECT_THAT(lines_of(path_), ElementsAre("INFO  [alembic] first"));
}

TEST_F(Logging, AddsToAFileThatOnlyOwnerAndGroupRead) {
  const auto old = ::umask(0);
  set_up_logging(with_file().load(), TextStyle::alembic);
  ::umask(old);
  log_event(spdlog::level::info, "x", "one");
  set_up_logging(with_file().load(), TextStyle::alembic);
  log_event(spdlog::level::info, "x", "two");
  EXPECT_THAT(lines_of(path_), SizeIs(2));
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST_F(Logging, RefusesAFileThatCantBeOpened) {
  const auto settings = Configuration().set("LOG_FILE", "/nowhere/log").load();
  try {
    set_up_logging(settings, TextStyle::service);
    ADD_FAILURE() << "opened";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("LOG_FILE"), HasSubstr("/nowhere/log"), HasSubstr("No such file")));
  }
}

TEST_F(Logging, FormsTheLinesOfOtherCallersToo) {
  set_up_logging(with_file().set("LOG_FORMAT", "json").load(), TextStyle::service);
  spdlog::info("from a library\n{}", 1);
  shut_down_logging();
  EXPECT_THAT(lines_of(path_), ElementsAre(HasSubstr(R"("logger":"support-agent","message":"from a library\n1"})")));
}

TEST_F(Logging, TakesLinesFromManyThreads) {
  set_up_logging(with_file().set("LOG_FORMAT", "json").load(), TextStyle::service);
  const std::uint64_t dropped_before = dropped_log_lines();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 5000; ++i) log_event(spdlog::level::info, "http", "line", {{"thread", t}, {"number", i}});
    });
  }
  for (auto& thread : threads) thread.join();
  shut_down_logging();
  const auto lines = lines_of(path_);
  EXPECT_EQ(lines.size() + (dropped_log_lines() - dropped_before), 20'000U);
  for (const auto& line : lines) ASSERT_THAT(line, AllOf(::testing::StartsWith("{\"ts\""), EndsWith("}")));
}

// A FIFO that is full: the reader is there and does not read.
TEST_F(Logging, NeverWaitsForAReaderThatDoesNotRead) {
  const std::string fifo = configuration_.folder().path("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  set_up_logging(Configuration().set("LOG_FILE", fifo).load(), TextStyle::service);
  const std::uint64_t dropped_before = dropped_log_lines();
  const auto start = std::chrono::steady_clock::now();
  const std::string text(200, 'x');
  for (int i = 0; i < 20'000; ++i) log_event(spdlog::level::info, "http", text);
  shut_down_logging();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_GT(dropped_log_lines(), dropped_before + 10'000);
  ::close(reader);
}

TEST_F(Logging, SurvivesAReaderThatIsGone) {
  const std::string fifo = configuration_.folder().path("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
  set_up_logging(Configuration().set("LOG_FILE", fifo).load(), TextStyle::service);
  ::close(reader);
  const std::uint64_t dropped_before = dropped_log_lines();
  log_event(spdlog::level::info, "http", "nobody reads this");
  shut_down_logging();
  EXPECT_EQ(dropped_log_lines(), dropped_before + 1);
}

}  // namespace
}  // namespace support::config
