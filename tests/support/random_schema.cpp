#include "tests/support/random_schema.hpp"

#include "tests/support/random_schema/builder.hpp"
#include "tests/support/random_schema/edit.hpp"
#include "tests/support/random_schema/print.hpp"
#include "tests/support/random_schema/repair.hpp"

namespace support::tests {
namespace {

using namespace random_schema;

constexpr std::uint32_t independent_every = 4;

Model built(Dice& dice) {
  Model model;
  Builder(model, dice).build();
  repair(model);
  return model;
}

}  // namespace

SchemaPair random_schema_pair(std::uint32_t seed) {
  Dice dice(seed);
  auto model = built(dice);
  SchemaPair pair{.before = print(model), .after = {}};
  if (seed % independent_every == 0) {
    model = built(dice);
  } else {
    for (int edits = dice.below(10) + 1; edits > 0; --edits) {
      Editor(model, dice).edit();
      repair(model);
    }
  }
  pair.after = print(model);
  return pair;
}

std::string script_of(const SchemaStatements& statements) {
  std::string script;
  for (const auto& statement : statements) script += statement + ";\n";
  return script;
}

}  // namespace support::tests
