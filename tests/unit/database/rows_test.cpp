#include "app/database/rows.hpp"

#include <limits>

#include <gmock/gmock.h>

#include "app/database/libpq.hpp"

#include "bytes.hpp"

namespace support::database::tests {

struct Pet {
  std::int64_t id = 0;
  std::string name;
  std::optional<std::string> owner;
};

enum class Size { small, large };

}  // namespace support::database::tests

template <>
struct support::database::RowMapping<support::database::tests::Pet> {
  using Pet = tests::Pet;
  static constexpr auto columns =
      std::tuple{column("id", &Pet::id), column("name", &Pet::name), column("owner", &Pet::owner)};
};

template <>
struct support::database::EnumLabels<support::database::tests::Size> {
  static constexpr std::array labels{std::pair{tests::Size::small, std::string_view("S")},
                                     std::pair{tests::Size::large, std::string_view("L")}};
};

namespace support::database::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Column {
  std::string name;
  Oid type;
};
using Value = std::optional<std::string>;

// A result as libpq would hand it out, made without a server.
Rows make_rows(const std::vector<Column>& columns, const std::vector<std::vector<Value>>& rows) {
  ResultHandle result(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK));
  std::vector<PGresAttDesc> attributes;
  for (const Column& column : columns) {
    attributes.push_back({.name = const_cast<char*>(column.name.c_str()), .format = 1, .typid = column.type});
  }
  PQsetResultAttrs(result.get(), static_cast<int>(attributes.size()), attributes.data());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t i = 0; i < rows[row].size(); ++i) {
      Value value = rows[row][i];
      PQsetvalue(result.get(), static_cast<int>(row), static_cast<int>(i), value ? value->data() : nullptr,
                 value ? static_cast<int>(value->size()) : -1);
    }
  }
  return Rows(std::move(result));
}

// Reads one value of one type.
template <class T>
Result<T> read(Oid type, Value bytes) {
  return make_rows({{"c", type}}, {{std::move(bytes)}})[0].try_get<T>("c");
}

template <class T>
void expect_unreadable(Oid type, Value bytes, const std::string& why) {
  const auto result = read<T>(type, std::move(bytes));
  ASSERT_FALSE(result) << why;
  EXPECT_TRUE(result.error().is(Condition::bad_conversion));
  EXPECT_THAT(result.error().text(), HasSubstr(why));
}

TEST(RowsTest, ReadsIntegersOfEqualOrSmallerWidth) {
  EXPECT_EQ(*read<std::int32_t>(oids::int4, int32_bytes(-5)), -5);
  EXPECT_EQ(*read<std::int32_t>(oids::int2, int16_bytes(-5)), -5);
  EXPECT_EQ(*read<std::int64_t>(oids::int8, int64_bytes(std::numeric_limits<std::int64_t>::min())),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(*read<std::int64_t>(oids::int4, int32_bytes(-5)), -5);
  EXPECT_EQ(*read<std::int64_t>(oids::oid, int32_bytes(-1)), 4'294'967'295);
  EXPECT_EQ(*read<std::int16_t>(oids::int2, int16_bytes(-5)), -5);
  expect_unreadable<std::int32_t>(oids::int8, int64_bytes(1), "oid 20, which can't be read as integer");
  expect_unreadable<std::int16_t>(oids::int4, int32_bytes(1), "can't be read as smallint");
}

TEST(RowsTest, ReadsBooleansAndFloats) {
  EXPECT_TRUE(*read<bool>(oids::boolean, std::string("\1")));
  EXPECT_FALSE(*read<bool>(oids::boolean, std::string("\0", 1)));
  EXPECT_EQ(*read<float>(oids::float4, from_hex("3fc00000")), 1.5F);
  EXPECT_EQ(*read<double>(oids::float4, from_hex("3fc00000")), 1.5);
  EXPECT_EQ(*read<double>(oids::float8, from_hex("c000000000000000")), -2.0);
  expect_unreadable<float>(oids::float8, from_hex("c000000000000000"), "can't be read as real");
}

TEST(RowsTest, ReadsTextFromEveryTextLikeTypeAndEnums) {
  constexpr Oid some_enum = 16'500;
  for (const Oid type : {oids::text, oids::varchar, oids::bpchar, oids::name, oids::unknown, some_enum}) {
    EXPECT_EQ(*read<std::string>(type, "label"), "label") << type;
  }
  expect_unreadable<std::string>(oids::int4, int32_bytes(7), "cast it in the statement");
  expect_unreadable<std::string>(some_enum, std::string("a\0b", 3), "is not text");
}

TEST(RowsTest, ReadsEnumsByTheirLabels) {
  EXPECT_EQ(*read<Size>(16'500, "L"), Size::large);
  EXPECT_EQ(*read<Size>(oids::text, "S"), Size::small);
  expect_unreadable<Size>(16'500, "XL", "a label that this version of the program does not know");
}

TEST(RowsTest, ReadsTimestampsToTheirLimits) {
  using namespace std::chrono;
  const Timestamp at = sys_days(2025y / 12 / 14) + 18h + 31min + 52s + 625'606us;
  EXPECT_EQ(*read<Timestamp>(oids::timestamptz, int64_bytes((at - sys_days(2000y / 1 / 1)) / 1us)), at);
  // The first and the last timestamp of PostgreSQL (src/include/datatype/timestamp.h).
  EXPECT_EQ(*read<Timestamp>(oids::timestamptz, int64_bytes(-211'813'488'000'000'000)),
            Timestamp(microseconds(-210'866'803'200'000'000)));
  expect_unreadable<Timestamp>(oids::timestamptz, int64_bytes(9'223'371'331'199'999'999), "out of range");
  EXPECT_EQ(*read<Timestamp>(oids::timestamptz, int64_bytes(std::numeric_limits<std::int64_t>::max())),
            infinite_future);
  EXPECT_EQ(*read<Timestamp>(oids::timestamptz, int64_bytes(std::numeric_limits<std::int64_t>::min())), infinite_past);
  expect_unreadable<Timestamp>(1114, int64_bytes(0), "can't be read as timestamptz");  // without a time zone
}

TEST(RowsTest, ReadsDecimalUuidAndJson) {
  EXPECT_EQ(read<Decimal>(oids::numeric, from_hex("0002000040000002000c1388"))->text, "-12.50");
  EXPECT_EQ(read<Uuid>(oids::uuid, from_hex("00112233445566778899aabbccddeeff"))->text(),
            "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(read<Json>(oids::jsonb, std::string("\1{}"))->text, "{}");
  EXPECT_EQ(read<Json>(oids::json, "[]")->text, "[]");
  expect_unreadable<Json>(oids::jsonb, std::string("\2{}"), "jsonb version");
  expect_unreadable<Json>(oids::jsonb, std::string(), "jsonb version");
}

TEST(RowsTest, ValuesOfTheWrongLengthAreRefused) {
  expect_unreadable<bool>(oids::boolean, std::string("\1\1"), "length");
  expect_unreadable<std::int32_t>(oids::int4, std::string("\1"), "length");
  expect_unreadable<std::int64_t>(oids::int8, std::string(), "length");
  expect_unreadable<double>(oids::float8, std::string(7, 'x'), "length");
  expect_unreadable<Timestamp>(oids::timestamptz, std::string(4, 'x'), "length");
  expect_unreadable<Uuid>(oids::uuid, std::string(15, 'x'), "length");
}

TEST(RowsTest, NullNeedsAnOptional) {
  EXPECT_EQ(*read<std::optional<std::int32_t>>(oids::int4, std::nullopt), std::nullopt);
  EXPECT_EQ(*read<std::optional<std::int32_t>>(oids::int4, int32_bytes(3)), 3);
  expect_unreadable<std::int32_t>(oids::int4, std::nullopt, "read it as std::optional");
}

TEST(RowsTest, ReadsArrays) {
  const std::string numbers = array_bytes(oids::int4, {int32_bytes(1), int32_bytes(2)});
  EXPECT_THAT(*read<std::vector<std::int32_t>>(oids::int4_array, numbers), ElementsAre(1, 2));
  EXPECT_THAT(*read<std::vector<std::int64_t>>(oids::int4_array, numbers), ElementsAre(1, 2));
  const std::string labels = array_bytes(16'500, {"S", "L"});
  EXPECT_THAT(*read<std::vector<Size>>(16'501, labels), ElementsAre(Size::small, Size::large));
  const std::string empty = int32_bytes(0) + int32_bytes(0) + int32_bytes(25);
  EXPECT_TRUE(read<std::vector<std::string>>(oids::text_array, empty)->empty());
  EXPECT_EQ(*read<std::optional<std::vector<std::string>>>(oids::text_array, std::nullopt), std::nullopt);
}

TEST(RowsTest, NullsInArraysNeedAnOptional) {
  const std::string bytes = array_bytes(oids::text, {"a", std::nullopt});
  EXPECT_THAT(*read<std::vector<std::optional<std::string>>>(oids::text_array, bytes), ElementsAre("a", std::nullopt));
  expect_unreadable<std::vector<std::string>>(oids::text_array, bytes, "has a NULL in it");
}

TEST(RowsTest, ArraysOfAnotherTypeOrShapeAreRefused) {
  const std::string numbers = array_bytes(oids::int4, {int32_bytes(1)});
  expect_unreadable<std::vector<std::string>>(oids::int4_array, numbers, "can't be read as array of text");
  expect_unreadable<std::vector<std::int32_t>>(oids::int4, int32_bytes(1), "can't be read as array of integer");
  const std::string matrix = int32_bytes(2) + int32_bytes(0) + int32_bytes(23) + int32_bytes(1) + int32_bytes(1) +
                             int32_bytes(1) + int32_bytes(1) + int32_bytes(4) + int32_bytes(1);
  expect_unreadable<std::vector<std::int32_t>>(oids::int4_array, matrix, "more than one dimension");
}

TEST(RowsTest, EveryCutOfAnArrayIsRefused) {
  const std::string whole = array_bytes(oids::text, {"abc", std::nullopt, "de"});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(read<std::vector<std::optional<std::string>>>(oids::text_array, whole.substr(0, length))) << length;
  }
  EXPECT_FALSE(read<std::vector<std::optional<std::string>>>(oids::text_array, whole + "x"));
}

TEST(RowsTest, AnArrayThatClaimsTooManyElementsAllocatesNothing) {
  const std::string lie =
      int32_bytes(1) + int32_bytes(0) + int32_bytes(23) + int32_bytes(2'000'000'000) + int32_bytes(1) + int32_bytes(4);
  expect_unreadable<std::vector<std::int32_t>>(oids::int4_array, lie, "well-formed array");
}

const std::vector<Column> pet_columns{
    {"owner", oids::varchar}, {"extra", oids::boolean}, {"name", oids::text}, {"id", oids::int4}};

TEST(RowsTest, StructsAreFilledByColumnName) {
  const Rows rows = make_rows(
      pet_columns, {{std::nullopt, std::nullopt, "Rex", int32_bytes(1)}, {"Ann", std::nullopt, "Tom", int32_bytes(2)}});
  const auto pets = rows.into<Pet>();
  ASSERT_TRUE(pets);
  ASSERT_EQ(pets->size(), 2U);
  EXPECT_EQ((*pets)[0].id, 1);
  EXPECT_EQ((*pets)[0].name, "Rex");
  EXPECT_EQ((*pets)[0].owner, std::nullopt);
  EXPECT_EQ((*pets)[1].owner, "Ann");
}

TEST(RowsTest, AMissingColumnIsNamedEvenWithoutRows) {
  const Rows rows = make_rows({{"id", oids::int4}, {"name", oids::text}}, {});
  const auto pets = rows.into<Pet>();
  ASSERT_FALSE(pets);
  EXPECT_TRUE(pets.error().is(Condition::unexpected_rows));
  EXPECT_EQ(pets.error().text(), "The result has no column \"owner\"; it has: id, name.");
}

TEST(RowsTest, AStructThatDoesNotFitNamesTheColumn) {
  const Rows rows = make_rows(pet_columns, {{std::nullopt, std::nullopt, std::nullopt, int32_bytes(1)}});
  const auto pets = rows.into<Pet>();
  ASSERT_FALSE(pets);
  EXPECT_THAT(pets.error().text(), HasSubstr("Column \"name\" is NULL"));
}

TEST(RowsTest, OptionalAndSingleCountTheRows) {
  const std::vector<Column> columns{{"n", oids::int4}};
  const Rows none = make_rows(columns, {});
  const Rows one = make_rows(columns, {{int32_bytes(4)}});
  const Rows two = make_rows(columns, {{int32_bytes(4)}, {int32_bytes(5)}});
  EXPECT_EQ(*none.optional<std::int32_t>(), std::nullopt);
  EXPECT_EQ(*one.optional<std::int32_t>(), 4);
  EXPECT_EQ(*one.single<std::int32_t>(), 4);
  EXPECT_THAT(none.single<std::int32_t>().error().text(), HasSubstr("returned 0 rows where exactly one"));
  EXPECT_THAT(two.optional<std::int32_t>().error().text(), HasSubstr("returned 2 rows where at most one"));
  EXPECT_THAT(*two.into<std::int32_t>(), ElementsAre(4, 5));
}

TEST(RowsTest, IteratesAndReadsByPosition) {
  const Rows rows =
      make_rows({{"a", oids::int4}, {"b", oids::text}}, {{int32_bytes(1), "x"}, {int32_bytes(2), std::nullopt}});
  std::vector<std::int32_t> seen;
  for (const Row row : rows) seen.push_back(row.get<std::int32_t>(0));
  EXPECT_THAT(seen, ElementsAre(1, 2));
  EXPECT_FALSE(rows[0].is_null(1));
  EXPECT_TRUE(rows[1].is_null(1));
  EXPECT_EQ(rows[0].get<std::string_view>("b"), "x");
  EXPECT_THAT(rows[0].try_get<bool>(2).error().text(), HasSubstr("no column \"2\""));
  EXPECT_THROW((void)rows[0].get<bool>("zz"), DatabaseError);
}

TEST(RowsTest, AffectedIsZeroForCommandsThatCountNothing) {
  EXPECT_EQ(Rows(ResultHandle(PQmakeEmptyPGresult(nullptr, PGRES_COMMAND_OK))).affected(), 0);
}

}  // namespace
}  // namespace support::database::tests
