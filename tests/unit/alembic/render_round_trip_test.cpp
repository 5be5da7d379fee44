// The migration that print_samples has written is compiled into this suite.
#include <gtest/gtest.h>

#include "app/alembic/migration.hpp"

#include "tests/support/operation_samples.hpp"
#include "tests/support/recording_sink.hpp"

namespace support::alembic {
namespace {

TEST(RenderedMigration, AsksForTheOperationsItWasRenderedFrom) {
  ASSERT_EQ(compiled_migrations().size(), 1U);
  tests::RecordingSink sink;
  Operations op(sink);
  compiled_migrations().front().upgrade(op);

  const auto samples = tests::operation_samples();
  EXPECT_EQ(tests::missing_kinds(samples), std::vector<std::size_t>());
  ASSERT_EQ(sink.operations().size(), samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_TRUE(sink.operations()[i] == samples[i])
        << "sample " << i << ", kind " << samples[i].index() << ", is kind " << sink.operations()[i].index();
  }
}

TEST(RenderedMigration, KeepsItsNamesUnderANamingConvention) {
  const schema::NamingConvention convention{
      .uq = "uq_%(constraint_name)s", .ck = "ck_%(table_name)s_%(constraint_name)s", .fk = "fk_%(constraint_name)s"};
  tests::RecordingSink sink;
  Operations op(sink, &convention);
  op.drop_constraint(schema::f("c"), "t", {.type_ = ConstraintType::check});
  EXPECT_EQ(sink.operations().front(), Operation(DropConstraint{"c", "t", ConstraintType::check}));
}

}  // namespace
}  // namespace support::alembic
