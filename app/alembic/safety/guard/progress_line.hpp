#pragma once

#include <chrono>
#include <string>

namespace support::alembic::safety {

// What a person sees of a statement that takes its time: on a terminal one line that changes, elsewhere a line of the
// log now and then. Not thread-safe.
class ProgressLine {
 public:
  enum class Place { terminal, log };

  // Where standard error leads.
  static Place place_of_process();
  explicit ProgressLine(Place place) : place_(place) {}

  // "revision 3 of 7, ae1027a6acf"
  void begin_step(std::string step) { step_ = std::move(step); }
  // Shows how far the statement is; rarely enough to be called at every look. `detail` may be empty.
  void show(const std::string& statement, std::chrono::milliseconds elapsed, const std::string& detail);
  // The statement has ended.
  void clear();

 private:
  Place place_;
  std::string step_;
  std::chrono::milliseconds shown_at_{};
  bool is_shown_ = false;
};

}  // namespace support::alembic::safety
