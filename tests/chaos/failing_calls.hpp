#pragma once

#include <cstddef>
#include <string_view>

namespace support::tests {

// Lets one system call of this process fail: the `at`-th of those that libpq, or the engine itself, makes on sockets
// that lead to a port of 127.0.0.1. The program's own socket(), connect(), getsockopt(), poll(), send() and recv()
// stand before the C library's (failing_calls.cpp), and shared libraries are bound to them, too. One object at a time.
class FailingCalls {
 public:
  enum class Fault {
    reset,        // ECONNRESET; connecting: ECONNREFUSED
    broken_pipe,  // EPIPE; reading: the end; connecting: ENETUNREACH; a new socket: EMFILE
    timed_out,    // ETIMEDOUT
    interrupted,  // EINTR
    would_block,  // EAGAIN
    one_byte,     // of all that could be read or written
  };
  static constexpr Fault faults[] = {Fault::reset,       Fault::broken_pipe, Fault::timed_out,
                                     Fault::interrupted, Fault::would_block, Fault::one_byte};
  static std::string_view name(Fault fault);
  // Whether whoever made the call has to go on as if nothing had been.
  static bool is_harmless(Fault fault) { return fault >= Fault::interrupted; }

  // Calls that the fault can't happen to are not counted. `at` counts from 1.
  FailingCalls(int port, std::size_t at, Fault fault);
  ~FailingCalls();
  FailingCalls(const FailingCalls&) = delete;
  FailingCalls& operator=(const FailingCalls&) = delete;

  bool has_struck() const;
};

}  // namespace support::tests
