#include "tests/chaos/failing_calls.hpp"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace support::tests {
namespace {

using Fault = FailingCalls::Fault;

std::atomic<int> port = 0;  // 0: nothing fails
std::atomic<std::size_t> calls = 0;
std::atomic<std::size_t> failing_call = 0;
std::atomic<Fault> fault = Fault::reset;
std::array<std::atomic<bool>, 4096> leads_to_port{};  // by descriptor; written by connect()

bool leads_there(int fd) {
  return port != 0 && fd >= 0 && fd < static_cast<int>(leads_to_port.size()) &&
         leads_to_port[static_cast<std::size_t>(fd)];
}

// Counts the call; whether this is the one.
bool strikes() {
  return ++calls == failing_call;
}

int fail(int error) {
  errno = error;
  return -1;
}

bool is_hard() {
  return !FailingCalls::is_harmless(fault);
}

int error_of_transfer() {
  switch (fault) {
    case Fault::reset:
      return ECONNRESET;
    case Fault::broken_pipe:
      return EPIPE;
    case Fault::timed_out:
      return ETIMEDOUT;
    case Fault::interrupted:
      return EINTR;
    default:
      return EAGAIN;
  }
}

int error_of_connecting() {
  switch (fault) {
    case Fault::reset:
      return ECONNREFUSED;
    case Fault::broken_pipe:
      return ENETUNREACH;
    default:
      return ETIMEDOUT;
  }
}

// A socket on which this has happened is dead for the kernel, too: libpq leaves it to the next read to report that a
// write has failed.
int fail_for_good(int fd) {
  if (is_hard()) ::shutdown(fd, SHUT_RDWR);
  return fail(error_of_transfer());
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

std::string_view FailingCalls::name(Fault fault) {
  switch (fault) {
    case Fault::reset:
      return "a reset";
    case Fault::broken_pipe:
      return "a broken pipe";
    case Fault::timed_out:
      return "a timeout";
    case Fault::interrupted:
      return "an interruption";
    case Fault::would_block:
      return "not yet";
    case Fault::one_byte:
      return "one byte only";
  }
  return "";
}

FailingCalls::FailingCalls(int server_port, std::size_t at, Fault what) {
  calls = 0;
  failing_call = at;
  fault = what;
  port = server_port;
}

FailingCalls::~FailingCalls() {
  port = 0;
}

bool FailingCalls::has_struck() const {
  return calls >= failing_call;
}

}  // namespace support::tests

namespace faults = support::tests;
using Kind = support::tests::FailingCalls::Fault;

extern "C" {

int socket(int domain, int type, int protocol) noexcept {
  static auto* const real = faults::next<int(int, int, int)>("socket");
  // Where it will lead is not known yet; the tests' own connections to the server are local ones.
  if (faults::port != 0 && domain == AF_INET && faults::fault == Kind::broken_pipe && faults::strikes()) {
    return faults::fail(EMFILE);
  }
  return real(domain, type, protocol);
}

int connect(int fd, const sockaddr* address, socklen_t length) {
  static auto* const real = faults::next<int(int, const sockaddr*, socklen_t)>("connect");
  sockaddr_in to{};
  if (address->sa_family == AF_INET) std::memcpy(&to, address, sizeof to);
  const bool leads_there = faults::port != 0 && ntohs(to.sin_port) == faults::port;
  if (fd >= 0 && fd < static_cast<int>(faults::leads_to_port.size())) {
    faults::leads_to_port[static_cast<std::size_t>(fd)] = leads_there;
  }
  if (leads_there && faults::is_hard() && faults::strikes()) return faults::fail(faults::error_of_connecting());
  const int outcome = real(fd, address, length);
  // Connecting goes on all the same.
  if (leads_there && faults::fault == Kind::interrupted && faults::strikes()) return faults::fail(EINTR);
  return outcome;
}

// What became of connecting is asked with it.
int getsockopt(int fd, int level, int option, void* value, socklen_t* length) noexcept {
  static auto* const real = faults::next<int(int, int, int, void*, socklen_t*)>("getsockopt");
  const int outcome = real(fd, level, option, value, length);
  const bool may_strike = level == SOL_SOCKET && option == SO_ERROR && faults::leads_there(fd) && faults::is_hard();
  if (may_strike && faults::strikes()) {
    const int error = faults::error_of_connecting();
    std::memcpy(value, &error, sizeof error);
  }
  return outcome;
}

int poll(pollfd* polled, nfds_t count, int timeout) {
  static auto* const real = faults::next<int(pollfd*, nfds_t, int)>("poll");
  const bool may_strike = count == 1 && faults::leads_there(polled->fd) && faults::fault != Kind::one_byte &&
                          (faults::fault != Kind::would_block || timeout == 0);
  if (!may_strike || !faults::strikes()) return real(polled, count, timeout);
  if (faults::fault == Kind::interrupted) return faults::fail(EINTR);
  if (faults::is_hard()) faults::fail_for_good(polled->fd);
  polled->revents = faults::is_hard() ? POLLERR | POLLHUP : 0;
  return polled->revents != 0 ? 1 : 0;
}

ssize_t send(int fd, const void* bytes, size_t size, int flags) {
  static auto* const real = faults::next<ssize_t(int, const void*, size_t, int)>("send");
  if (!faults::leads_there(fd) || !faults::strikes()) return real(fd, bytes, size, flags);
  if (faults::fault == Kind::one_byte) return real(fd, bytes, std::min<size_t>(size, 1), flags);
  return faults::fail_for_good(fd);
}

ssize_t recv(int fd, void* bytes, size_t size, int flags) {
  static auto* const real = faults::next<ssize_t(int, void*, size_t, int)>("recv");
  if (!faults::leads_there(fd) || !faults::strikes()) return real(fd, bytes, size, flags);
  if (faults::fault == Kind::one_byte) return real(fd, bytes, std::min<size_t>(size, 1), flags);
  const int failed = faults::fail_for_good(fd);
  return faults::fault == Kind::broken_pipe ? 0 : failed;
}

}  // extern "C"
