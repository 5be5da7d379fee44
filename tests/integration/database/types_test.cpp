// Every type there and back through a real server.

#include <fstream>
#include <limits>

#include <boost/json.hpp>

#include "fixture.hpp"

namespace support::database::tests {

enum class Mood { calm, cross };

struct Reading {
  std::int64_t id = 0;
  Decimal amount;
  std::optional<std::string> note;
  std::vector<std::string> tags;
  Mood mood = Mood::calm;

  friend bool operator==(const Reading&, const Reading&) = default;
};

}  // namespace support::database::tests

template <>
struct support::database::EnumLabels<support::database::tests::Mood> {
  static constexpr std::array labels{std::pair{tests::Mood::calm, std::string_view("CALM")},
                                     std::pair{tests::Mood::cross, std::string_view("CROSS")}};
};

template <>
struct support::database::RowMapping<support::database::tests::Reading> {
  using Reading = tests::Reading;
  static constexpr auto columns =
      std::tuple{column("id", &Reading::id), column("amount", &Reading::amount), column("note", &Reading::note),
                 column("tags", &Reading::tags), column("mood", &Reading::mood)};
};

namespace support::database::tests {
namespace {

using testing::HasSubstr;

class TypesTest : public ConnectionTest {
 protected:
  template <class T>
  void expect_round_trip(const T& sent) {
    const Result<Rows> rows = query("select $1", make_params(sent));
    ASSERT_TRUE(rows) << rows.error().text();
    const auto received = rows->template single<T>();
    ASSERT_TRUE(received) << received.error().text();
    EXPECT_EQ(*received, sent);
    const Result<Rows> null = query("select $1", make_params(std::optional<T>()));
    ASSERT_TRUE(null) << null.error().text();
    EXPECT_EQ(null->template single<std::optional<T>>().value(), std::nullopt);
  }
};

TEST_F(TypesTest, ScalarsComeBackAsTheyWere) {
  expect_round_trip(true);
  expect_round_trip(false);
  expect_round_trip(std::numeric_limits<std::int16_t>::min());
  expect_round_trip(std::numeric_limits<std::int32_t>::min());
  expect_round_trip(std::numeric_limits<std::int32_t>::max());
  expect_round_trip(std::numeric_limits<std::int64_t>::min());
  expect_round_trip(std::numeric_limits<std::int64_t>::max());
  expect_round_trip(0.1F);
  expect_round_trip(-0.1);
  expect_round_trip(std::numeric_limits<double>::infinity());
  expect_round_trip(std::string());
  expect_round_trip(std::string("O'Brien \\ \"ünïcödé\" \xF0\x9F\x98\x80 $1 %s"));
  expect_round_trip(*Uuid::parse("00112233-4455-6677-8899-aabbccddeeff"));
  expect_round_trip(Json{R"({"a": [1, 2.5, null, "x"]})"});
}

TEST_F(TypesTest, TimestampsAreExactToTheirLimits) {
  using namespace std::chrono;
  expect_round_trip(Timestamp(sys_days(2025y / 12 / 14) + 18h + 31min + 52s + 625'606us));
  expect_round_trip(Timestamp(sys_days(1969y / 12 / 31) + 23h + 59min + 59s + 999'999us));
  expect_round_trip(infinite_future);
  expect_round_trip(infinite_past);
  expect_round_trip(value<Timestamp>("select timestamptz '4714-11-24 00:00:00+00 BC'"));
  EXPECT_EQ(value<Timestamp>("select timestamptz '2026-07-01 12:00:00+02'"), Timestamp(sys_days(2026y / 7 / 1) + 10h));
  EXPECT_EQ(value<std::string>("select $1::text", make_params(Timestamp(sys_days(2026y / 7 / 1) + 10h))),
            "2026-07-01 10:00:00+00");
  const auto too_late = query("select timestamptz '294276-12-31 23:59:59+00'").value().single<Timestamp>();
  ASSERT_FALSE(too_late);
  EXPECT_THAT(too_late.error().text(), HasSubstr("out of range"));
}

TEST_F(TypesTest, NumericBytesAreTheServersOwn) {
  std::ifstream file(SUPPORT_SOURCE_DIR "/tests/data/numeric.jsonl");
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    const auto c = boost::json::parse(line).as_object();
    const std::string text(c.at("text").as_string());
    const std::string reads_as(c.contains("reads_as") ? c.at("reads_as").as_string() : c.at("text").as_string());
    EXPECT_EQ(value<std::string>("select encode(numeric_send($1::text::numeric), 'hex')", make_params(text)),
              std::string(c.at("bytes").as_string()))
        << text;
    EXPECT_EQ(value<std::string>("select $1::text", make_params(Decimal{text})), reads_as) << text;
    EXPECT_EQ(value<Decimal>("select $1::text::numeric", make_params(text)).text, reads_as) << text;
  }
  EXPECT_GT(cases, 10);
}

TEST_F(TypesTest, ArraysComeBackAsTheyWere) {
  expect_round_trip(std::vector<std::int32_t>{1, -2, 3});
  expect_round_trip(std::vector<std::int64_t>{});
  expect_round_trip(std::vector<std::optional<std::int64_t>>{1, std::nullopt});
  expect_round_trip(std::vector<std::string>{"", "a,b", "{\"quoted\"}", "NULL"});
  expect_round_trip(std::vector<std::optional<std::string>>{std::nullopt, "x"});
  expect_round_trip(std::vector<bool>{true, false});
  expect_round_trip(std::vector<float>{0.5F, -1.25F});
  expect_round_trip(std::vector<Decimal>{{"1.10"}, {"-0.001"}});
  expect_round_trip(std::vector<Uuid>{*Uuid::parse("00112233-4455-6677-8899-aabbccddeeff")});
  expect_round_trip(std::vector<Json>{{"1"}, {"[]"}});
  expect_round_trip(std::vector<Timestamp>{Timestamp(std::chrono::microseconds(1))});
  EXPECT_EQ(value<std::int64_t>("select count(*) from generate_series(1, 9) n where n = any($1)",
                                make_params(std::vector<std::int32_t>{2, 4, 44})),
            2);
}

TEST_F(TypesTest, DatesIntervalsAndBytesComeBackAsTheyWere) {
  using namespace std::chrono;
  const Date date = sys_days(2024y / 2 / 29);
  EXPECT_EQ(value<Date>("select $1", make_params(date)), date);
  EXPECT_EQ(value<std::string>("select $1::text", make_params(date)), "2024-02-29");
  EXPECT_EQ(value<Date>("select date '4713-01-01 BC'"), Date(sys_days(-4712y / 1 / 1)));
  EXPECT_EQ(value<Date>("select date '5874897-12-31'") - Date(sys_days(2000y / 1 / 1)), days(2'145'031'948));
  const LocalTimestamp wall_clock = local_days(2024y / 2 / 29) + 23h + 59min + 1us;
  EXPECT_EQ(value<LocalTimestamp>("select $1", make_params(wall_clock)), wall_clock);
  EXPECT_EQ(value<std::string>("select $1::text", make_params(wall_clock)), "2024-02-29 23:59:00.000001");
  const Interval interval{14, -3, microseconds(1'500'000)};
  EXPECT_EQ(value<Interval>("select $1", make_params(interval)), interval);
  EXPECT_EQ(value<std::string>("select $1::text", make_params(interval)), "1 year 2 mons -3 days +00:00:01.5");
  const Bytes bytes{std::string("\0\1\xFF", 3)};
  EXPECT_EQ(value<Bytes>("select $1", make_params(bytes)), bytes);
  EXPECT_EQ(value<std::string>("select encode($1, 'hex')", make_params(bytes)), "0001ff");
  const std::vector<Date> dates{date, date + days(1)};
  EXPECT_EQ(value<std::vector<Date>>("select $1", make_params(dates)), dates);
}

TEST_F(TypesTest, AVectorIsReadFromRealsToo) {
  EXPECT_EQ(value<Vector>("select '{1,-2.5}'::real[]"), (Vector{{1.0F, -2.5F}}));
}

TEST_F(TypesTest, TextIsReadFromEveryTextLikeType) {
  ASSERT_TRUE(run("create type mood as enum ('CALM', 'CROSS'); create domain short as varchar(9)"));
  EXPECT_EQ(value<std::string>("select 'CROSS'::mood"), "CROSS");
  EXPECT_EQ(value<Mood>("select 'CROSS'::mood"), Mood::cross);
  EXPECT_EQ(value<std::string>("select 'x'::short"), "x");
  EXPECT_EQ(value<std::string>("select 'x'::varchar(3)"), "x");
  EXPECT_EQ(value<std::string>("select 'x'::char(3)"), "x  ");
  EXPECT_EQ(value<std::string>("select current_user::name"), "support_agent");
  EXPECT_EQ(value<std::string>("select 'unknown'"), "unknown");
  EXPECT_EQ(value<std::vector<Mood>>("select '{CROSS,CALM}'::mood[]"), (std::vector{Mood::cross, Mood::calm}));
}

TEST_F(TypesTest, StructsAreWrittenAndRead) {
  ASSERT_TRUE(
      run("create type mood as enum ('CALM', 'CROSS');"
          "create table readings(mood mood, tags text[], note text, amount numeric(12, 2), id bigserial)"));
  const Reading sent{1, {"19.90"}, std::nullopt, {"a", "b"}, Mood::cross};
  const auto inserted = query("insert into readings(amount, note, tags, mood) values ($1, $2, $3, $4) returning *",
                              make_params(sent.amount, sent.note, sent.tags, sent.mood));
  ASSERT_TRUE(inserted) << inserted.error().text();
  EXPECT_EQ(inserted->single<Reading>().value(), sent);
  EXPECT_EQ(inserted->affected(), 1);
}

TEST_F(TypesTest, InferredTextBecomesWhatTheStatementNeeds) {
  ASSERT_TRUE(run("create type mood as enum ('CALM', 'CROSS'); create table t(m mood, d date, i interval)"));
  const auto inserted = query("insert into t values ($1, $2, $3)",
                              make_params(Inferred{"CALM"}, Inferred{"2026-01-18"}, Inferred{"2 days"}));
  ASSERT_TRUE(inserted) << inserted.error().text();
  EXPECT_EQ(value<std::string>("select concat_ws(' ', m, d, i) from t"), "CALM 2026-01-18 2 days");
}

TEST_F(TypesTest, ZeroBytesAreRefusedAndNothingIsCutOff) {
  const auto text = query("select $1", make_params(std::string("a\0b", 3)));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().diagnostics().sqlstate, "22021");
  const auto json = query("select $1", make_params(Json{std::string("1\0 2", 4)}));
  ASSERT_FALSE(json);
  const auto inferred = query("select $1::text", make_params(Inferred{std::string_view("a\0b", 3)}));
  ASSERT_FALSE(inferred);
  EXPECT_TRUE(inferred.error().is(Condition::bad_parameter));
}

TEST_F(TypesTest, InvalidUtf8IsRefusedByTheServer) {
  const auto text = query("select $1", make_params("\xC3\x28"));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().diagnostics().sqlstate, "22021");
}

TEST_F(TypesTest, TheWrongTypeIsNamedWithItsColumn) {
  const auto wrong = query("select 1::bigint as total").value().single<std::int32_t>();
  ASSERT_FALSE(wrong);
  EXPECT_TRUE(wrong.error().is(Condition::bad_conversion));
  EXPECT_THAT(wrong.error().text(), HasSubstr("Column \"total\" has the type with oid 20"));
}

}  // namespace
}  // namespace support::database::tests
