// Writes a migration that asks for every sample operation, as `revision --autogenerate` would.
#include <fstream>

#include "app/alembic/autogenerate/render.hpp"
#include "app/alembic/script/new_script.hpp"

#include "tests/support/operation_samples.hpp"

int main(int argc, char** argv) {
  using namespace support::alembic;
  if (argc != 2) return 2;
  autogenerate::Steps steps;
  for (auto& operation : support::tests::operation_samples()) steps.push_back({.operation = std::move(operation)});
  // Two of them in a block, which changes nothing of what is asked for.
  for (std::size_t i = 3; i < 5; ++i) steps[i].outside_transaction = true;
  steps.front().note = "The first.";
  const NewScript script{.declared = {.revision = "aaaa00000001"},
                         .message = "Every operation",
                         .create_date = "2026-01-18 03:38:38.172294",
                         .upgrades = autogenerate::render_cpp(steps),
                         .downgrades = autogenerate::render_cpp({steps.back()})};
  std::ofstream file(argv[1]);
  file << render_script(template_text(ScriptKind::cpp), "the template", script, ScriptKind::cpp);
  return file.flush() ? 0 : 1;
}
