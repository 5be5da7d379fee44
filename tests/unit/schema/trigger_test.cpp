#include "app/schema/trigger.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace support::schema {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using enum TriggerEvent;

TEST(TriggerSql, SaysOnlyWhatIsSet) {
  EXPECT_EQ(create_trigger_sql(Trigger("tr", "t", TriggerTime::after, {truncate}, "f"), false),
            "CREATE TRIGGER tr AFTER TRUNCATE ON t FOR EACH STATEMENT EXECUTE FUNCTION f()");
}

TEST(TriggerSql, HasEveryEventAndTheColumnsOfUpdate) {
  EXPECT_EQ(create_trigger_sql(Trigger("Touch", "t", TriggerTime::before, {insert, update, delete_}, "F",
                                       {.update_of = {"a", "B"},
                                        .for_each = ForEach::row,
                                        .when = "OLD.a IS DISTINCT FROM NEW.a",
                                        .arguments = {"it's", "2"},
                                        .function_schema = "lib",
                                        .schema = "app"}),
                               true),
            "CREATE OR REPLACE TRIGGER \"Touch\" BEFORE INSERT OR UPDATE OF a, \"B\" OR DELETE ON app.t FOR EACH ROW "
            "WHEN (OLD.a IS DISTINCT FROM NEW.a) EXECUTE FUNCTION lib.\"F\"('it''s', '2')");
  EXPECT_EQ(
      create_trigger_sql(Trigger("tr", "v", TriggerTime::instead_of, {insert}, "f", {.for_each = ForEach::row}), false),
      "CREATE TRIGGER tr INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f()");
}

TEST(TriggerSql, NamesTheTablesOfItsRows) {
  EXPECT_EQ(
      create_trigger_sql(
          Trigger("tr", "t", TriggerTime::after, {update}, "f", {.old_table = "before", .new_table = "Now"}), false),
      "CREATE TRIGGER tr AFTER UPDATE ON t REFERENCING OLD TABLE AS before NEW TABLE AS \"Now\" FOR EACH STATEMENT "
      "EXECUTE FUNCTION f()");
}

TEST(TriggerSql, DefersAConstraint) {
  EXPECT_EQ(create_trigger_sql(Trigger("tr", "t", TriggerTime::after, {insert}, "f",
                                       {.for_each = ForEach::row,
                                        .constraint = true,
                                        .deferrable = true,
                                        .initially = "DEFERRED",
                                        .from_table = "u",
                                        .from_schema = "app"}),
                               false),
            "CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t FROM app.u DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            "EXECUTE FUNCTION f()");
}

void expect_refusal(const Trigger& trigger, bool or_replace, const std::string& sentence) {
  EXPECT_THAT([&] { create_trigger_sql(trigger, or_replace); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("The trigger 'tr' on 't' " + sentence)));
}

TEST(TriggerSql, RefusesWhatPostgresHasNot) {
  const auto trigger = [](TriggerTime time, std::vector<TriggerEvent> events, TriggerOptions options = {}) {
    return Trigger("tr", "t", time, std::move(events), "f", std::move(options));
  };
  const auto after = TriggerTime::after;
  const auto row = ForEach::row;
  expect_refusal(trigger(after, {}), false, "has no event");
  expect_refusal(trigger(after, {insert}, {.update_of = {"a"}}), false, "has update_of and does not fire on update");
  expect_refusal(trigger(after, {truncate}, {.for_each = row}), false, "is for each row, and TRUNCATE");
  expect_refusal(trigger(TriggerTime::instead_of, {insert}), false, "is INSTEAD OF");
  expect_refusal(trigger(TriggerTime::instead_of, {insert}, {.for_each = row, .when = "true"}), false, "is INSTEAD OF");
  expect_refusal(trigger(after, {insert}, {.constraint = true}), false, "is a constraint trigger, so it must be AFTER");
  expect_refusal(trigger(after, {insert}, {.for_each = row, .constraint = true}), true,
                 "is a constraint trigger, which");
  expect_refusal(trigger(after, {insert}, {.deferrable = true}), false, "is no constraint trigger");
  expect_refusal(trigger(after, {insert}, {.from_table = "u"}), false, "is no constraint trigger");
}

}  // namespace
}  // namespace support::schema
