#include "app/alembic/safety/model/session.hpp"

#include <gmock/gmock.h>

#include "app/alembic/safety/model/type_name.hpp"

namespace support::alembic::safety {
namespace {

using std::chrono::milliseconds;

TEST(Timeout, IsReadAsPostgresqlReadsIt) {
  EXPECT_EQ(parse_timeout("2s"), milliseconds(2'000));
  EXPECT_EQ(parse_timeout(" 2 min "), milliseconds(120'000));
  EXPECT_EQ(parse_timeout("1500"), milliseconds(1'500));
  EXPECT_EQ(parse_timeout("1.5s"), milliseconds(1'500));
  EXPECT_EQ(parse_timeout("1h"), milliseconds(3'600'000));
  EXPECT_EQ(parse_timeout("2 seconds"), std::nullopt);
  EXPECT_EQ(parse_timeout(""), std::nullopt);
  EXPECT_EQ(parse_timeout("s"), std::nullopt);
}

TEST(TypeChange, FollowsTheSessionsZone) {
  const TypeName timestamp{.name = "timestamp"};
  const TypeName timestamptz{.name = "timestamptz"};
  EXPECT_EQ(type_change(timestamp, timestamptz, SessionZone::utc), TypeChange::free);
  EXPECT_EQ(type_change(timestamp, timestamptz, SessionZone::other), TypeChange::rewrite);
  EXPECT_EQ(type_change(timestamptz, timestamp, SessionZone::utc), TypeChange::free);
}

TEST(TypeChange, RebuildsIndexesWhereOnlyTheOrderDiffers) {
  EXPECT_EQ(type_change({.name = "text"}, {.name = "citext"}, SessionZone::other), TypeChange::index_rebuild);
}

}  // namespace
}  // namespace support::alembic::safety
