// The service as an operator meets it: first start on an empty machine, drain, a database that goes away.
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <set>
#include <thread>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "tests/e2e/service_fixture.hpp"

namespace support::tests {
namespace {
namespace fs = std::filesystem;

// A folder that the database server's account may enter, too.
class WorkingFolder {
 public:
  WorkingFolder() {
    std::string name = "/tmp/support-agent-e2e-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
    fs::permissions(path_, fs::perms::owner_all | fs::perms::others_exec | fs::perms::group_exec);
  }
  ~WorkingFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  WorkingFolder(const WorkingFolder&) = delete;
  WorkingFolder& operator=(const WorkingFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(FirstStart, GoesFromAnEmptyFolderToAConversationReadBack) {
  const WorkingFolder folder;
  const Environment nothing_configured;
  const auto migrated = run_agent({"migrate", "upgrade", "head"}, nothing_configured, folder.path());
  ASSERT_EQ(migrated.exit_code, 0) << migrated.standard_error;
  EXPECT_NE(migrated.standard_error.find("Running upgrade  -> f57c936ded09, Initial migration"), std::string::npos)
      << migrated.standard_error;
  const auto seeded = run_agent({"seed"}, nothing_configured, folder.path());
  ASSERT_EQ(seeded.exit_code, 0) << seeded.standard_error;
  const auto seeded_again = run_agent({"seed"}, nothing_configured, folder.path());
  EXPECT_EQ(seeded_again.standard_output, "There are customers already; nothing was changed.\n");
  {
    RunningService service(nothing_configured, RunningService::Until::ready, folder.path());
    HttpClient http(service.port());
    const auto conversations = http.get("/api/v1/conversations?status=ACTIVE").json();
    const auto id = conversations.at("items").at(0).at("id").as_int64();
    const auto history = http.get("/api/v1/conversations/" + std::to_string(id) + "/messages");
    EXPECT_EQ(history.json().at("items").as_array().size(), 2U) << history.body;
    service.process().signal(SIGTERM);
    EXPECT_EQ(service.process().wait(), 0) << service.process().standard_error();
  }
  EXPECT_TRUE(fs::exists(folder.path() + "/var/postgres/data/PG_VERSION"));
  for (const auto& entry : fs::directory_iterator(folder.path())) EXPECT_EQ(entry.path().filename(), "var");
  EXPECT_FALSE(fs::exists(folder.path() + "/var/postgres/data/postmaster.pid")) << "the private server still runs";
}

TEST(Readiness, IsRefusedUntilTheDatabaseIsAtTheRevisionOfTheBinary) {
  TestDatabase database;
  const auto environment = environment_for(database.url_text());
  RunningService service(environment, RunningService::Until::listening);
  HttpClient http(service.port());
  const auto unmigrated = http.get("/ready");
  EXPECT_EQ(unmigrated.status, 503U);
  EXPECT_NE(unmigrated.body.find("support-agent migrate upgrade head"), std::string::npos) << unmigrated.body;
  ASSERT_EQ(run_agent({"migrate", "upgrade", "f57c936ded09"}, environment).exit_code, 0);
  const auto behind = http.get("/api/v1/ready");
  EXPECT_EQ(behind.status, 503U);
  EXPECT_EQ(behind.json().at("checks").at("database").at("revision").at(0), "f57c936ded09");
  ASSERT_EQ(run_agent({"migrate", "upgrade", "head"}, environment).exit_code, 0);
  EXPECT_EQ(http.get("/ready").status, 200U);
  EXPECT_EQ(http.get("/health").status, 200U);
}

// What a client saw of its requests.
struct Tally {
  std::atomic<int> answered = 0;
  std::atomic<int> unavailable = 0;
  std::atomic<int> lost = 0;   // sent, and no answer came
  std::atomic<int> other = 0;  // neither success nor 503 with Retry-After
};

TEST(Drain, LosesNoRequestWhenTerminatedUnderLoad) {
  TestDatabase database;
  auto environment = environment_for(database.url_text());
  environment["DRAIN_DELAY"] = "0.3";
  ASSERT_EQ(run_agent({"migrate", "upgrade", "head"}, environment).exit_code, 0);
  ASSERT_EQ(run_agent({"seed"}, environment).exit_code, 0);
  RunningService service(environment);
  Tally tally;
  std::atomic<bool> refused = false;
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      HttpClient http(service.port());
      while (!refused) {
        const bool was_connected = http.is_connected();
        try {
          const auto answer = http.get("/api/v1/customers?limit=3");
          ++(answer.status == 200 ? tally.answered : tally.other);
        } catch (const boost::system::system_error& error) {
          if (error.code() == boost::asio::error::connection_refused) {
            refused = true;
          } else {
            ADD_FAILURE() << error.what() << (was_connected ? " on a kept connection" : " on a new connection");
            ++tally.lost;
          }
        }
      }
    });
  }
  while (tally.answered < 200) std::this_thread::yield();
  service.process().signal(SIGTERM);
  EXPECT_EQ(service.process().wait(), 0) << service.process().standard_error();
  for (auto& client : clients) client.join();
  EXPECT_EQ(tally.lost, 0);
  EXPECT_EQ(tally.other, 0);
}

TEST(DatabaseRestart, CostsNoAcknowledgedRowAndNeedsNoRestartOfTheService) {
  TestCluster cluster;
  TestDatabase database(cluster);
  auto environment = environment_for(database.url_text());
  ASSERT_EQ(run_agent({"migrate", "upgrade", "head"}, environment).exit_code, 0);
  ASSERT_EQ(run_agent({"seed"}, environment).exit_code, 0);
  RunningService service(environment);
  Tally tally;
  std::atomic<bool> stop = false;
  std::mutex mutex;
  std::set<std::int64_t> acknowledged;
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([&] {
      HttpClient http(service.port());
      while (!stop) {
        try {
          const auto answer =
              http.post("/api/v1/conversations/1/messages", R"({"role":"CUSTOMER","content":"still here"})");
          if (answer.status == 201) {
            const std::lock_guard lock(mutex);
            acknowledged.insert(answer.json().at("id").as_int64());
            ++tally.answered;
          } else if (answer.status == 503 && !answer.header("Retry-After").empty()) {
            ++tally.unavailable;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
          } else {
            ADD_FAILURE() << answer.status << " " << answer.body;
            ++tally.other;
          }
        } catch (const std::exception& error) {
          ADD_FAILURE() << error.what();
          ++tally.lost;
        }
      }
    });
  }
  while (tally.answered < 100) std::this_thread::yield();
  cluster.stop();
  HttpClient http(service.port());
  const auto away = http.get("/ready");
  EXPECT_EQ(away.status, 503U) << away.body;
  EXPECT_EQ(http.get("/live").status, 200U);
  while (tally.unavailable < 20) std::this_thread::yield();
  cluster.start();
  const int before = tally.answered;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (tally.answered < before + 100 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_GE(tally.answered, before + 100) << "no recovery";
  EXPECT_EQ(http.get("/ready").status, 200U);
  stop = true;
  for (auto& client : clients) client.join();
  EXPECT_EQ(tally.lost, 0);
  EXPECT_EQ(tally.other, 0);
  std::set<std::int64_t> stored;
  for (const auto& row : database.sql("SELECT id FROM messages")) stored.insert(std::stoll(row[0]));
  for (const auto id : acknowledged)
    EXPECT_TRUE(stored.contains(id)) << "message " << id << " was acknowledged and lost";
  EXPECT_EQ(database.sql("SELECT message_count = (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id) "
                         "FROM conversations c WHERE id = 1")[0][0],
            "t");
}

TEST(Start, SaysWhatIsWrongWithTheConfigurationAllAtOnce) {
  const auto result =
      run_agent({"serve"}, {{"ENVIRONMENT", "production"}, {"HTTP_PORT", "99999"}, {"LOG_LEVEL", "loud"}});
  EXPECT_EQ(result.exit_code, 2);
  for (const char* name : {"HTTP_PORT", "LOG_LEVEL", "SECRET_KEY", "DATABASE_URL"}) {
    EXPECT_NE(result.standard_error.find(name), std::string::npos) << name << "\n" << result.standard_error;
  }
}

TEST(Start, NamesTheAddressThatIsTaken) {
  TestDatabase database;
  auto environment = environment_for(database.url_text());
  RunningService first(environment, RunningService::Until::listening);
  environment["HTTP_PORT"] = std::to_string(first.port());
  const auto second = run_agent({"serve"}, environment);
  EXPECT_EQ(second.exit_code, 2);
  EXPECT_NE(second.standard_error.find(std::to_string(first.port())), std::string::npos) << second.standard_error;
}

TEST(Start, ServesWithoutADatabaseAndSaysItIsNotReady) {
  const auto environment = environment_for("postgresql://nobody@127.0.0.1:1/nothing");
  RunningService service(environment, RunningService::Until::listening);
  HttpClient http(service.port());
  EXPECT_EQ(http.get("/ready").status, 503U);
  const auto answer = http.get("/api/v1/customers");
  EXPECT_EQ(answer.status, 503U) << answer.body;
  EXPECT_FALSE(answer.header("Retry-After").empty());
  EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
  service.process().signal(SIGTERM);
  EXPECT_EQ(service.process().wait(), 0);
}

}  // namespace
}  // namespace support::tests
