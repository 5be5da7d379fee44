#include "app/database/shared_statement.hpp"

namespace support::database {
namespace {

// The first time it is prepared anew, the second time it is sent without being prepared, which can't be stale.
constexpr std::uint8_t most_stale = 2;
constexpr std::uint8_t most_cut_off = 3;

}  // namespace

Verdict judge(SharedStatement& statement, Answer answer, bool is_cancelling) {
  switch (answer) {
    case Answer::success:
    case Answer::failure:
      return Verdict::deliver;
    case Answer::aborted:
      statement.alone = true;
      return Verdict::run_again;
    case Answer::stale:
      if (statement.stale == most_stale) return Verdict::deliver;
      ++statement.stale;
      statement.alone = true;
      return Verdict::run_again;
    case Answer::cancelled:
      if (!is_cancelling || statement.cut_off == most_cut_off) return Verdict::deliver;
      ++statement.cut_off;
      return Verdict::run_again;
  }
  return Verdict::deliver;
}

}  // namespace support::database
