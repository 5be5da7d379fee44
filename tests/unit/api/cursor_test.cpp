#include "app/api/cursor.hpp"

#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace support::api {
namespace {

const CursorSigner signer("a key that is long enough for the test");

TEST(CursorSigner, VerifiesWhatItSigned) {
  for (const std::int64_t id : {std::int64_t{1}, std::int64_t{77}, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(signer.verify("/customers\n", signer.sign("/customers\n", id)), id);
  }
}

TEST(CursorSigner, RefusesACursorOfAnotherList) {
  EXPECT_EQ(signer.verify("/customers\nis_vip=true", signer.sign("/customers\n", 5)), std::nullopt);
}

TEST(CursorSigner, RefusesACursorOfAnotherKey) {
  const CursorSigner other("another key that is long enough too");
  EXPECT_EQ(signer.verify("/customers", other.sign("/customers", 5)), std::nullopt);
}

TEST(CursorSigner, RefusesEveryChangeOfOneCharacter) {
  const std::string cursor = signer.sign("/customers", 5);
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string changed = cursor;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_EQ(signer.verify("/customers", changed), std::nullopt) << "at " << i;
  }
}

TEST(CursorSigner, RefusesGarbageOfAnyLength) {
  std::mt19937 random(20260123);
  for (std::size_t length = 0; length < 100; ++length) {
    std::string garbage(length, '\0');
    for (char& c : garbage) c = static_cast<char>(random() % 256);
    EXPECT_EQ(signer.verify("/customers", garbage), std::nullopt);
  }
}

}  // namespace
}  // namespace support::api
