#include "app/database/types.hpp"

#include <gtest/gtest.h>

namespace support::database {
namespace {

TEST(UuidTest, PrintsWhatItParsed) {
  const auto uuid = Uuid::parse("0123ABCD-4567-89ab-cdef-00112233445f");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(uuid->text(), "0123abcd-4567-89ab-cdef-00112233445f");
  EXPECT_EQ(uuid->bytes[0], 0x01);
  EXPECT_EQ(uuid->bytes[15], 0x5f);
}

TEST(UuidTest, RefusesEveryOtherForm) {
  for (const char* text : {"", "0123abcd456789abcdef001122334455", "0123abcd-4567-89ab-cdef-00112233445",
                           "0123abcd-4567-89ab-cdef-0011223344556", "{123abcd-4567-89ab-cdef-00112233445}",
                           "0123abcd-4567-89ab-cdef-00112233445g", "0123abcd_4567-89ab-cdef-001122334455",
                           "0123abc-d4567-89ab-cdef-001122334455"}) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

}  // namespace
}  // namespace support::database
