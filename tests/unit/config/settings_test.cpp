#include "app/config/settings.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config/settings_table.hpp"

#include "configuration.hpp"

namespace support::config {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using testing::Configuration;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::problems_of;

const std::string key = "0123456789abcdef0123456789abcdef";

SettingRow row_of(const Settings& settings, std::string_view name) {
  for (const auto& row : settings.rows()) {
    if (row.name == name) return row;
  }
  return {};
}

TEST(Settings, HaveDefaultsThatDevelopmentRunsOn) {
  const Settings settings = Configuration().load();
  EXPECT_EQ(settings->app_name, "FCA Support Agent");
  EXPECT_EQ(settings->environment, Environment::development);
  EXPECT_FALSE(settings->debug);
  EXPECT_GE(settings->secret_key.size(), 32U);
  EXPECT_FALSE(settings.has_database_url());
  EXPECT_EQ(settings->database_pool_size, 5);
  EXPECT_EQ(settings->database_max_overflow, 10);
  EXPECT_EQ(settings->database_pool_timeout, 30s);
  EXPECT_EQ(settings->database_pool_recycle, std::nullopt);
  EXPECT_TRUE(settings->database_pool_pre_ping);
  EXPECT_EQ(settings->database_statement_cache_size, 100);
  EXPECT_EQ(settings->database_connect_timeout, 10s);
  EXPECT_EQ(settings->database_command_timeout, 30s);
  EXPECT_EQ(settings->http_host, "127.0.0.1");
  EXPECT_EQ(settings->http_port, 8000);
  EXPECT_EQ(settings->http_threads, 0);
  EXPECT_EQ(settings->max_connections, 10'000);
  EXPECT_EQ(settings->max_header_size.bytes, 16U * 1024);
  EXPECT_EQ(settings->max_header_count, 100);
  EXPECT_EQ(settings->max_body_size.bytes, 1024U * 1024);
  EXPECT_EQ(settings->min_body_rate.bytes, 500U);
  EXPECT_EQ(settings->header_timeout, 10s);
  EXPECT_EQ(settings->body_timeout, 30s);
  EXPECT_EQ(settings->request_timeout, 30s);
  EXPECT_EQ(settings->write_timeout, 30s);
  EXPECT_EQ(settings->idle_timeout, 75s);
  EXPECT_EQ(settings->drain_delay, 0s);
  EXPECT_EQ(settings->drain_timeout, 30s);
  EXPECT_THAT(settings->cors_origins, IsEmpty());
  EXPECT_EQ(settings->log_level, LogLevel::info);
  EXPECT_EQ(settings->log_format, LogFormat::text);
  EXPECT_EQ(settings->log_file, "");
  EXPECT_EQ(settings->migration_lock_timeout, 5min);
}

TEST(Settings, TakeTheEnvironmentBeforeDotenvBeforeTheDefault) {
  const Settings settings = Configuration().set("HTTP_PORT", "1111").dotenv("HTTP_PORT=2222\nHTTP_THREADS=3\n").load();
  EXPECT_EQ(settings->http_port, 1111);
  EXPECT_EQ(settings->http_threads, 3);
  EXPECT_EQ(row_of(settings, "HTTP_PORT").source, "environment");
  EXPECT_EQ(row_of(settings, "HTTP_THREADS").source, ".env");
  EXPECT_EQ(row_of(settings, "HTTP_HOST").source, "default");
}

TEST(Settings, LogMoreWithDebugUnlessToldHowMuch) {
  const auto wide = Configuration().set("DEBUG", "true").load();
  EXPECT_EQ(wide->log_level, LogLevel::debug);
  EXPECT_TRUE(wide->database_echo);
  const auto told =
      Configuration().set("DEBUG", "true").set("LOG_LEVEL", "warning").set("DATABASE_ECHO", "false").load();
  EXPECT_EQ(told->log_level, LogLevel::warning);
  EXPECT_FALSE(told->database_echo);
}

TEST(Settings, FindVariablesInAnyCase) {
  const Settings settings = Configuration().set("http_port", "1111").set("Log_Level", "DEBUG").load();
  EXPECT_EQ(settings->http_port, 1111);
  EXPECT_EQ(settings->log_level, LogLevel::debug);
}

TEST(Settings, RefuseTwoSpellingsThatDiffer) {
  EXPECT_EQ(Configuration().set("http_port", "1").set("HTTP_PORT", "1").load()->http_port, 1);
  EXPECT_THAT(problems_of(Configuration().set("http_port", "1").set("HTTP_PORT", "2")),
              ElementsAre(AllOf(HasSubstr("http_port"), HasSubstr("HTTP_PORT"))));
  EXPECT_THAT(problems_of(Configuration().dotenv("HTTP_PORT=1\n\nHTTP_PORT=2\n")),
              ElementsAre(AllOf(HasSubstr("line 1"), HasSubstr("line 3"), HasSubstr("HTTP_PORT"))));
}

TEST(Settings, IgnoreVariablesTheyDoNotKnow) {
  EXPECT_NO_THROW(Configuration().set("HTTP_PORTS", "x").set("PATH", "").dotenv("OTHER=${HOME}\nOTHER=2").load());
}

TEST(Settings, ReportEveryProblemAtOnceWithNameValueAndWhatIsAllowed) {
  const auto problems = problems_of(Configuration()
                                        .set("HTTP_PORT", "70000")
                                        .set("ENVIRONMENT", "live")
                                        .set("DEBUG", "perhaps")
                                        .set("IDLE_TIMEOUT", "0")
                                        .set("SECRET_KEY", "short-secret")
                                        .dotenv("MAX_BODY_SIZE=10MB\nnonsense\n"));
  EXPECT_THAT(problems, ::testing::SizeIs(7));
  EXPECT_THAT(problems, Contains(AllOf(HasSubstr("HTTP_PORT"), HasSubstr("'70000'"), HasSubstr("0 to 65535"))));
  EXPECT_THAT(problems, Contains(AllOf(HasSubstr("ENVIRONMENT"), HasSubstr("'live'"),
                                       HasSubstr("development, staging, production or test"))));
  EXPECT_THAT(problems, Contains(AllOf(HasSubstr("DEBUG"), HasSubstr("'perhaps'"), HasSubstr("true or false"))));
  EXPECT_THAT(problems, Contains(AllOf(HasSubstr("IDLE_TIMEOUT"), HasSubstr("'0'"), HasSubstr("1ms to 24h"))));
  EXPECT_THAT(problems,
              Contains(AllOf(HasSubstr("SECRET_KEY"), HasSubstr("***"), HasSubstr("32"), Not(HasSubstr("short")))));
  EXPECT_THAT(problems,
              Contains(AllOf(HasSubstr("MAX_BODY_SIZE"), HasSubstr("line 1"), HasSubstr("'10MB'"), HasSubstr("MiB"))));
  EXPECT_THAT(problems, Contains(AllOf(HasSubstr(".env"), HasSubstr("Line 2"), Not(HasSubstr("nonsense")))));
}

TEST(Settings, ReadDurationsWithAndWithoutUnits) {
  const std::vector<std::pair<std::string, Duration>> cases = {{"30", 30s},      {"0.25", 250ms}, {"1.5s", 1500ms},
                                                               {"250ms", 250ms}, {"2m", 2min},    {"1.5h", 90min},
                                                               {"10 s", 10s},    {"5S", 5s}};
  for (const auto& [text, duration] : cases) {
    EXPECT_EQ(Configuration().set("REQUEST_TIMEOUT", text).load()->request_timeout, duration) << text;
  }
  for (const std::string text : {"", "-1", "0", "1e3", "5x", "s", ".5", "1.", "0.0001", "25h", "1 2", "nan",
                                 "99999999999999999999", "5 minutes", "1,5", "+5", "0x10"}) {
    EXPECT_THAT(problems_of(Configuration().set("REQUEST_TIMEOUT", text)), ElementsAre(HasSubstr("REQUEST_TIMEOUT")))
        << text;
  }
}

TEST(Settings, ReadSizesWithAndWithoutUnits) {
  const std::vector<std::pair<std::string, std::uint64_t>> cases = {
      {"4096", 4096}, {"16k", 16384}, {"16KiB", 16384}, {"16 kib", 16384}, {"2M", 2097152}, {"0.5MiB", 524288}};
  for (const auto& [text, bytes] : cases) {
    EXPECT_EQ(Configuration().set("MAX_BODY_SIZE", text).load()->max_body_size.bytes, bytes) << text;
  }
  for (const std::string text : {"0", "-1", "1MB", "1kB", "1.3", "2048M", "lots"}) {
    EXPECT_THAT(problems_of(Configuration().set("MAX_BODY_SIZE", text)), ElementsAre(HasSubstr("MAX_BODY_SIZE")))
        << text;
  }
}

TEST(Settings, ReadSqlAlchemysMinusOne) {
  const Settings settings =
      Configuration().set("DATABASE_POOL_RECYCLE", "-1").set("DATABASE_MAX_OVERFLOW", "-1").load();
  EXPECT_EQ(settings->database_pool_recycle, std::nullopt);
  EXPECT_EQ(settings->database_max_overflow, -1);
  EXPECT_EQ(Configuration().set("DATABASE_POOL_RECYCLE", "3600").load()->database_pool_recycle, Duration(1h));
  EXPECT_THAT(problems_of(Configuration().set("DATABASE_POOL_RECYCLE", "0").set("DATABASE_MAX_OVERFLOW", "-2")),
              ElementsAre(HasSubstr("-1: no limit"), HasSubstr("-1: never")));
}

TEST(Settings, ReadBooleansAsPeopleWriteThem) {
  for (const std::string text : {"true", "TRUE", "1", "yes", "on"}) {
    EXPECT_TRUE(Configuration().set("DATABASE_ECHO", text).load()->database_echo) << text;
  }
  for (const std::string text : {"false", "False", "0", "no", "off"}) {
    EXPECT_FALSE(Configuration().set("DATABASE_ECHO", text).load()->database_echo) << text;
  }
}

TEST(Settings, ReadTheAddressToListenOn) {
  EXPECT_EQ(Configuration().set("HTTP_HOST", "0.0.0.0").load()->http_host, "0.0.0.0");
  EXPECT_EQ(Configuration().set("HTTP_HOST", "::1").load()->http_host, "::1");
  EXPECT_EQ(Configuration().set("HTTP_HOST", "localhost").load()->http_host, "127.0.0.1");
  for (const std::string text : {"example.com", "256.1.1.1", "[::1]", "http://127.0.0.1", "127.0.0.1:8000"}) {
    EXPECT_THAT(problems_of(Configuration().set("HTTP_HOST", text)), ElementsAre(HasSubstr("HTTP_HOST"))) << text;
  }
}

TEST(Settings, ReadOriginsAsBrowsersSendThem) {
  const auto origins = [](const std::string& text) {
    return Configuration().set("CORS_ORIGINS", text).load()->cors_origins;
  };
  EXPECT_THAT(origins(""), IsEmpty());
  EXPECT_THAT(origins("[]"), IsEmpty());
  EXPECT_THAT(origins("*"), ElementsAre("*"));
  EXPECT_THAT(origins("https://Desk.Example.com:443"), ElementsAre("https://desk.example.com"));
  EXPECT_THAT(origins(R"(["http://localhost:3000", "https://[2001:db8::1]:8443", "http://localhost:3000"])"),
              ElementsAre("http://localhost:3000", "https://[2001:db8::1]:8443"));
  for (const std::string text :
       {"https://a.example/", "a.example", "https://", "https://a.example:0", "https://a.example:x",
        "https://u:p@a.example", R"(["https://a.example", 1])", R"({"a": 1})", "[", "null",
        "https://a.example,https://b.example", R"(["https://a.example/path"])", "https://a b"}) {
    EXPECT_THAT(problems_of(Configuration().set("CORS_ORIGINS", text)),
                ElementsAre(AllOf(HasSubstr("CORS_ORIGINS"), HasSubstr("JSON list"), Not(HasSubstr("u:p")))))
        << text;
  }
}

TEST(Settings, RefuseAnEmptyValueInsteadOfGuessing) {
  for (const std::string name : {"ENVIRONMENT", "DATABASE_URL", "SECRET_KEY", "HTTP_PORT", "APP_NAME", "LOG_LEVEL"}) {
    EXPECT_THAT(problems_of(Configuration().set(name, "")), ElementsAre(AllOf(HasSubstr(name), HasSubstr("is empty"))))
        << name;
  }
  EXPECT_EQ(Configuration().set("LOG_FILE", "").load()->log_file, "");
}

TEST(Settings, RefuseInProductionWhatIsForDevelopment) {
  EXPECT_THAT(
      problems_of(Configuration().set("ENVIRONMENT", "production").set("DEBUG", "true").set("CORS_ORIGINS", "*")),
      ElementsAre(HasSubstr("DATABASE_URL"), HasSubstr("SECRET_KEY"), HasSubstr("DEBUG"), HasSubstr("CORS_ORIGINS")));
  EXPECT_THAT(problems_of(Configuration().set("ENVIRONMENT", "staging").set("DATABASE_URL", "postgresql://h/db")),
              ElementsAre(HasSubstr("SECRET_KEY")));
  EXPECT_THAT(problems_of(Configuration().set("ENVIRONMENT", "test")), ElementsAre(HasSubstr("DATABASE_URL")));
  EXPECT_NO_THROW(Configuration()
                      .set("ENVIRONMENT", "Production")
                      .set("DATABASE_URL", "postgresql://h/db")
                      .set("SECRET_KEY", key)
                      .load());
}

TEST(Settings, RefuseTheDefaultSecretWhereverItIsWritten) {
  EXPECT_THAT(problems_of(Configuration()
                              .set("ENVIRONMENT", "production")
                              .set("DATABASE_URL", "postgresql://h/db")
                              .set("SECRET_KEY", std::string(development_secret_key))),
              ElementsAre(AllOf(HasSubstr("SECRET_KEY"), Not(HasSubstr(std::string(development_secret_key))))));
}

TEST(Settings, TakeWhatTheUrlSaysAboutTheRuntime) {
  const Settings settings =
      Configuration()
          .set("DATABASE_URL", "postgresql+asyncpg://h/db?pgbouncer=true&command_timeout=2.5&timeout=7")
          .load();
  EXPECT_EQ(settings->database_statement_cache_size, 0);
  EXPECT_EQ(settings->database_command_timeout, 2500ms);
  EXPECT_EQ(settings->database_connect_timeout, 7s);
  EXPECT_EQ(row_of(settings, "DATABASE_COMMAND_TIMEOUT").source, "DATABASE_URL");
  EXPECT_EQ(row_of(settings, "DATABASE_COMMAND_TIMEOUT").value, "2.5s");
}

TEST(Settings, RefuseAVariableThatContradictsTheUrl) {
  const auto with_url = [](const std::string& parameter, const std::string& name, const std::string& value) {
    return problems_of(
        Configuration().set("DATABASE_URL", "postgresql+asyncpg://h/db?" + parameter).dotenv(name + "=" + value));
  };
  EXPECT_THAT(with_url("pgbouncer=true", "DATABASE_STATEMENT_CACHE_SIZE", "100"),
              ElementsAre(AllOf(HasSubstr("DATABASE_STATEMENT_CACHE_SIZE"), HasSubstr("pgbouncer"))));
  EXPECT_THAT(with_url("pgbouncer=true", "DATABASE_STATEMENT_CACHE_SIZE", "0"), IsEmpty());
  EXPECT_THAT(with_url("command_timeout=5", "DATABASE_COMMAND_TIMEOUT", "6s"),
              ElementsAre(AllOf(HasSubstr("DATABASE_COMMAND_TIMEOUT is 6s"), HasSubstr("5s"))));
  EXPECT_THAT(with_url("connect_timeout=5", "DATABASE_CONNECT_TIMEOUT", "6"),
              ElementsAre(HasSubstr("DATABASE_CONNECT_TIMEOUT")));
  EXPECT_THAT(with_url("connect_timeout=0", "DATABASE_CONNECT_TIMEOUT", "6"), IsEmpty());
  EXPECT_THAT(with_url("statement_cache_size=99999", "HTTP_PORT", "1"),
              ElementsAre(AllOf(HasSubstr("statement_cache_size"), HasSubstr("10000"))));
}

TEST(Settings, SayWhatIsWrongWithTheUrlAndNotItsPassword) {
  EXPECT_THAT(problems_of(Configuration().set("DATABASE_URL", "postgresql://mary:ro@se@h/db")),
              ElementsAre(AllOf(HasSubstr("DATABASE_URL can't be used"), HasSubstr("%40"), Not(HasSubstr("se@h")))));
}

TEST(Settings, GiveTheMigrationsTheSameDatabase) {
  const Settings settings =
      Configuration().set("DATABASE_URL", "postgresql+asyncpg://mary:rose@h/db?ssl=require").load();
  EXPECT_EQ(settings.database_url_sync(), "postgresql://mary:rose@h/db?sslmode=require");
  const SettingRow row = row_of(settings, "DATABASE_URL");
  EXPECT_EQ(row.value, "postgresql+asyncpg://mary:***@h/db?ssl=require");
  EXPECT_TRUE(row.secret);
}

TEST(Settings, MaskTheSecretsInEveryRow) {
  const Settings settings =
      Configuration().set("SECRET_KEY", key).set("DATABASE_URL", "postgresql://h/db?password=rose").load();
  for (const auto& row : settings.rows()) {
    EXPECT_THAT(row.value, AllOf(Not(HasSubstr(key)), Not(HasSubstr("rose")))) << row.name;
  }
  EXPECT_EQ(row_of(settings, "SECRET_KEY").value, "***");
}

TEST(Settings, TakeTheEmbeddedDatabase) {
  const Settings settings =
      Configuration().load().with_embedded_database(DatabaseUrl::parse("postgresql:///db?host=/run/pg"));
  EXPECT_EQ(settings.database_url().keyword("host"), "/run/pg");
  EXPECT_EQ(row_of(settings, "DATABASE_URL").source, "embedded");
}

TEST(Settings, AreInstalledOnce) {
  Settings::install(Configuration().set("HTTP_PORT", "4711").load());
  EXPECT_EQ(Settings::instance()->http_port, 4711);
#ifndef NDEBUG
  EXPECT_DEATH(Settings::install(Configuration().load()), "installed once");
#endif
}

TEST(Settings, ComeFromTheProcess) {
  ::setenv("MAX_HEADER_COUNT", "77", 1);
  const SettingsSources sources = SettingsSources::of_process();
  ::unsetenv("MAX_HEADER_COUNT");
  EXPECT_THAT(sources.environment, Contains(::testing::Pair("MAX_HEADER_COUNT", "77")));
  EXPECT_EQ(sources.dotenv_path, ".env");
}

TEST(Settings, ABoundForReadsWantsStandbysAndAPrimaryInTheUrl) {
  const std::string both = "postgresql://app@db1,db2/d?target_session_attrs=";
  const auto with_bound = [](const std::string& url) {
    return Configuration().set("DATABASE_READ_MAX_LAG", "500ms").set("DATABASE_URL", url);
  };
  EXPECT_EQ(with_bound(both + "read-write").load()->database_read_max_lag, 500ms);
  EXPECT_EQ(with_bound(both + "primary").load()->database_read_max_lag, 500ms);
  EXPECT_EQ(with_bound("postgresql:///d?hostaddr=10.0.0.1,10.0.0.2&target_session_attrs=primary")
                .load()
                ->database_read_max_lag,
            500ms);
  EXPECT_EQ(Configuration().load()->database_read_max_lag, 0s);
  EXPECT_THAT(problems_of(with_bound("postgresql://app@db1/d?target_session_attrs=primary")),
              ElementsAre(HasSubstr("DATABASE_READ_MAX_LAG is 500ms, but DATABASE_URL names no standby")));
  EXPECT_THAT(problems_of(Configuration().set("DATABASE_READ_MAX_LAG", "1s")),
              ElementsAre(HasSubstr("DATABASE_URL names no standby")));
  for (const char* attrs : {"any", "prefer-standby", "standby", "read-only"}) {
    EXPECT_THAT(problems_of(with_bound(both + attrs)),
                ElementsAre(AllOf(HasSubstr("target_session_attrs"), HasSubstr(attrs))));
  }
  EXPECT_THAT(problems_of(with_bound("postgresql://app@db1,db2/d")), ElementsAre(HasSubstr("is 'any'")));
  EXPECT_THAT(problems_of(with_bound(both + "primary").set("DATABASE_SHARED_CONNECTIONS", "0")),
              ElementsAre(HasSubstr("DATABASE_SHARED_CONNECTIONS is 0")));
}

}  // namespace
}  // namespace support::config
