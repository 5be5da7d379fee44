#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/alembic/script/revision_map.hpp"

#include "tests/conformance/python_alembic.hpp"

// What has to be known to compare with Alembic 1.8.1, the version of Debian 12: ours follows 1.19.
namespace support::tests {

// One question to both tools.
struct Exchange {
  std::string command;
  std::string argument;
  PythonAlembic::Answer theirs;
  int our_exit_code = 0;
  std::string our_output;  // reports, and "FAILED: …"
};

// A report with what legitimately differs made equal: the paths of the files, the masked URL, and the order where
// Alembic prints sets (labels, the children of a branch point, the lines of `current`), which changes from run to run.
std::string normalised(std::string_view command, const std::string& report);

// Why the answers may differ, for the differences we know; empty when there is no excuse.
std::optional<std::string> known_difference(const Exchange& exchange);

// After a downgrade across a merge of two revisions, one of which needs the other, 1.8.1 keeps a row that another row
// implies, and can't upgrade any more; Alembic mended that in 1.13 (its issue 1373).
bool keeps_an_implied_row(const std::string& command, const alembic::RevisionMap& map,
                          const alembic::RevisionIds& our_rows, const alembic::RevisionIds& their_rows);

// Fails the test when the answers differ without a known reason, or when we don't answer in a sentence.
void expect_equal_answers(const Exchange& exchange);

}  // namespace support::tests
