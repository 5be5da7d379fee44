#include "app/database/error.hpp"

#include <gmock/gmock.h>

namespace support::database {
namespace {

using testing::HasSubstr;
using testing::Not;

Error server_error(const char* state, Diagnostics diagnostics = {}) {
  diagnostics.sqlstate = state;
  return {make_error_code(sqlstate(state)), diagnostics};
}

TEST(SqlstateTest, FitsAnErrorCodeAndComesBack) {
  for (const char* state : {"00000", "23505", "40P01", "57P03", "ZZZZZ", "P0001", "0A000"}) {
    EXPECT_EQ(to_string(sqlstate(state)), state);
  }
  const error_code code = sqlstates::unique_violation;
  EXPECT_EQ(code.message(), "SQLSTATE 23505");
  EXPECT_STREQ(code.category().name(), "postgresql");
}

TEST(SqlstateTest, OnlyFiveUpperCaseCharactersAreOne) {
  EXPECT_TRUE(is_sqlstate("40P01"));
  for (const char* text : {"", "2350", "235055", "2350a", "23 05"}) EXPECT_FALSE(is_sqlstate(text)) << text;
}

TEST(ErrorTest, ConstraintViolationsAreTold) {
  EXPECT_TRUE(server_error("23505").is_unique_violation());
  EXPECT_TRUE(server_error("23503").is_foreign_key_violation());
  EXPECT_TRUE(server_error("23514").is_check_violation());
  EXPECT_TRUE(server_error("23502").is_not_null_violation());
  EXPECT_FALSE(server_error("23505").is_check_violation());
}

TEST(ErrorTest, OnlySerializationFailureAndDeadlockAreRetryable) {
  EXPECT_TRUE(server_error("40001").is_retryable());
  EXPECT_TRUE(server_error("40P01").is_retryable());
  EXPECT_FALSE(server_error("40002").is_retryable());
  EXPECT_FALSE(server_error("57014").is_retryable());
  EXPECT_FALSE(Error(Condition::in_doubt, "x").is_retryable());
}

TEST(ErrorTest, WhatTimeCanHealIsUnavailable) {
  for (const char* state : {"57P01", "57P02", "57P03", "53300", "08000", "08006", "08P01"}) {
    EXPECT_TRUE(server_error(state).is_unavailable()) << state;
  }
  for (const auto condition :
       {Condition::connect_failed, Condition::connection_lost, Condition::pool_timeout, Condition::pool_closed}) {
    EXPECT_TRUE(Error(condition, "x").is_unavailable());
  }
  EXPECT_FALSE(server_error("23505").is_unavailable());
  EXPECT_FALSE(Error(Condition::deadline_exceeded, "x").is_unavailable());
  EXPECT_FALSE(Error(Condition::in_doubt, "x").is_unavailable());
}

TEST(ErrorTest, AConnectionThatCouldNotBeMadeWasNotLost) {
  EXPECT_TRUE(Error(Condition::connection_lost, "x").is_connection_lost());
  EXPECT_TRUE(server_error("57P01").is_connection_lost());
  EXPECT_FALSE(Error(Condition::connect_failed, "x").is_connection_lost());
  EXPECT_FALSE(server_error("57P03").is_connection_lost());
}

// What a program may conclude from an error: may it run the transaction again, is the connection gone, is the outcome
// unknown, is the database away or full.
struct Conclusion {
  const char* state;
  bool retryable = false;
  bool lost = false;
  bool in_doubt = false;
  bool unavailable = false;
};

TEST(ErrorTest, EveryClassThatMattersHasItsConditions) {
  const Conclusion table[]{
      {.state = "08000", .lost = true, .unavailable = true},
      {.state = "08001", .lost = true, .unavailable = true},
      {.state = "08003", .lost = true, .unavailable = true},
      {.state = "08004", .lost = true, .unavailable = true},
      {.state = "08006", .lost = true, .unavailable = true},
      {.state = "08007", .lost = true, .in_doubt = true, .unavailable = true},
      {.state = "08P01", .lost = true, .unavailable = true},
      {.state = "25P02"},
      {.state = "25P03", .lost = true, .unavailable = true},
      {.state = "40000"},
      {.state = "40001", .retryable = true},
      {.state = "40002"},
      {.state = "40003", .in_doubt = true},
      {.state = "40P01", .retryable = true},
      {.state = "53000", .unavailable = true},
      {.state = "53100", .unavailable = true},
      {.state = "53200", .unavailable = true},
      {.state = "53300", .unavailable = true},
      {.state = "53400", .unavailable = true},
      {.state = "55P03"},
      {.state = "57014"},
      {.state = "57P01", .lost = true, .unavailable = true},
      {.state = "57P02", .lost = true, .unavailable = true},
      {.state = "57P03", .unavailable = true},
      {.state = "57P04", .lost = true, .unavailable = true},
      {.state = "57P05", .lost = true, .unavailable = true},
      {.state = "23505"},
      {.state = "42601"},
  };
  for (const Conclusion& expected : table) {
    const Error error = server_error(expected.state);
    EXPECT_EQ(error.is_retryable(), expected.retryable) << expected.state;
    EXPECT_EQ(error.is_connection_lost(), expected.lost) << expected.state;
    EXPECT_EQ(error.is_in_doubt(), expected.in_doubt) << expected.state;
    EXPECT_EQ(error.is_unavailable(), expected.unavailable) << expected.state;
    EXPECT_FALSE(error.is_retryable() && error.is_in_doubt()) << expected.state;
    EXPECT_EQ(error.is_canceled(), std::string_view(expected.state) == "57014") << expected.state;
  }
}

TEST(ErrorTest, TextNamesTheConstraintAndNeverTheValues) {
  const Error error = server_error("23505", {.message = "duplicate key value violates unique constraint \"ix_email\"",
                                             .detail = "Key (email)=(ann@example.com) already exists.",
                                             .table = "customers",
                                             .constraint = "ix_email"});
  EXPECT_THAT(error.text(), HasSubstr("duplicate key value"));
  EXPECT_THAT(error.text(), HasSubstr("SQLSTATE 23505, constraint ix_email, table customers"));
  EXPECT_THAT(error.text(), Not(HasSubstr("ann@example.com")));
  EXPECT_EQ(error.diagnostics().detail, "Key (email)=(ann@example.com) already exists.");
}

TEST(ErrorTest, MessagesThatQuoteInputAreWithheld) {
  for (const char* state : {"22P02", "22001", "P0001", "XX000", "99999"}) {
    const Error error = server_error(state, {.message = "invalid input: \"secret\""});
    EXPECT_THAT(error.text(), Not(HasSubstr("secret"))) << state;
    EXPECT_THAT(error.text(), HasSubstr(state));
  }
}

TEST(ErrorTest, ValueOfAFailedResultThrowsTheError) {
  const Result<int> result = Error(Condition::pool_timeout, "No connection.");
  try {
    (void)result.value();
    FAIL() << "value() of an error must throw";
  } catch (const DatabaseError& thrown) {
    EXPECT_TRUE(thrown.error().is(Condition::pool_timeout));
    EXPECT_STREQ(thrown.what(), "No connection.");
  }
}

TEST(ErrorTest, NoErrorIsSafeToLookAt) {
  const Result<int> result = 1;
  EXPECT_FALSE(result.error().code());
  EXPECT_EQ(result.error().diagnostics().message, "");
  EXPECT_FALSE(result.error().is_unavailable());
}

TEST(EngineCategoryTest, EveryConditionHasAText) {
  for (int value = 1; value <= static_cast<int>(Condition::unexpected_rows); ++value) {
    EXPECT_THAT(engine_category().message(value), Not(HasSubstr("unknown condition"))) << value;
  }
}

}  // namespace
}  // namespace support::database
