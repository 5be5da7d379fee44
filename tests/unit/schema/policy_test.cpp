#include "app/schema/policy.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace support::schema {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(PolicySql, SaysOnlyWhatIsSet) {
  EXPECT_EQ(create_policy_sql(Policy("p", "t")), "CREATE POLICY p ON t");
}

TEST(PolicySql, HasEveryOption) {
  EXPECT_EQ(create_policy_sql(Policy("Own rows", "t",
                                     {.kind = PolicyKind::restrictive,
                                      .command = PolicyCommand::update,
                                      .roles = {"PUBLIC", "CURRENT_USER", "App", "public"},
                                      .using_ = "owner = current_user",
                                      .with_check = "owner = current_user -- same",
                                      .schema = "app"})),
            "CREATE POLICY \"Own rows\" ON app.t AS RESTRICTIVE FOR UPDATE TO PUBLIC, CURRENT_USER, \"App\", public "
            "USING (owner = current_user) WITH CHECK (owner = current_user -- same\n)");
}

TEST(PolicySql, RefusesAConditionThatTheCommandHasNot) {
  EXPECT_THAT([] { create_policy_sql(Policy("p", "t", {.command = PolicyCommand::insert, .using_ = "true"})); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("'p' is for INSERT")));
  EXPECT_THAT([] { create_policy_sql(Policy("p", "t", {.command = PolicyCommand::select, .with_check = "true"})); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("'p' is for SELECT")));
  EXPECT_THAT([] { create_policy_sql(Policy("p", "t", {.command = PolicyCommand::delete_, .with_check = "true"})); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("'p' is for DELETE")));
}

}  // namespace
}  // namespace support::schema
