#include "app/database/copy_rows.hpp"

#include <gmock/gmock.h>

#include "bytes.hpp"

namespace support::database::tests {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string header =
    "5047434f50590aff0d0a00"
    "00000000"
    "00000000";

TEST(CopyRowsTest, HasTheLayoutOfTheManual) {
  CopyRows rows;
  EXPECT_EQ(to_hex(rows.bytes()), header);
  rows.add(std::int32_t{7}, "ab", std::optional<std::int16_t>(), true);
  rows.add(std::int32_t{-1}, std::string(), std::optional<std::int16_t>(2), false);
  rows.end();
  EXPECT_EQ(to_hex(rows.bytes()), header +
                                      "0004"
                                      "00000004"
                                      "00000007"
                                      "00000002"
                                      "6162"
                                      "ffffffff"
                                      "00000001"
                                      "01"
                                      "0004"
                                      "00000004"
                                      "ffffffff"
                                      "00000000"
                                      "00000002"
                                      "0002"
                                      "00000001"
                                      "00"
                                      "ffff");
  EXPECT_EQ(rows.count(), 2U);
  EXPECT_THAT(rows.problem(), IsEmpty());
}

TEST(CopyRowsTest, GoesOnWithoutTheHeaderOnceItWasSent) {
  CopyRows rows;
  rows.clear();
  rows.add(std::vector<std::int16_t>{5});
  EXPECT_EQ(to_hex(rows.bytes()),
            "0001"
            "0000001a"
            "00000001"
            "00000000"
            "00000015"
            "00000001"
            "00000001"
            "00000002"
            "0005");
}

TEST(CopyRowsTest, IsLargeFrom64KiB) {
  CopyRows rows;
  rows.add(std::string(65'000, 'x'));
  EXPECT_FALSE(rows.is_large());
  rows.add(std::string(600, 'x'));
  EXPECT_TRUE(rows.is_large());
  rows.clear();
  EXPECT_FALSE(rows.is_large());
}

TEST(CopyRowsTest, AValueThatCanNotBeSentIsNamedByItsRow) {
  CopyRows rows;
  rows.add(Decimal{"1.5"});
  rows.add(Decimal{"much"});
  rows.add(Decimal{"more"});
  EXPECT_THAT(rows.problem(), HasSubstr("row 2"));
}

}  // namespace
}  // namespace support::database::tests
