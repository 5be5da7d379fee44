#include "tests/chaos/moving_name.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <cstring>
#include <mutex>
#include <sstream>

namespace support::tests {
namespace {

std::mutex mutex;
std::string addresses_now;  // empty: there is no such name
std::size_t lookups_now = 0;

std::string look_up() {
  const std::scoped_lock lock(mutex);
  ++lookups_now;
  return addresses_now;
}

using GetAddressInfo = int(const char*, const char*, const addrinfo*, addrinfo**);

// The real resolver makes the list, an address after the other.
int resolve(GetAddressInfo* real, const std::string& addresses, const char* service, const addrinfo* hints,
            addrinfo** result) {
  *result = nullptr;
  addrinfo** end = result;
  std::istringstream list(addresses);
  for (std::string address; std::getline(list, address, ',');) {
    if (const int error = real(address.c_str(), service, hints, end); error != 0) return error;
    while (*end != nullptr) end = &(*end)->ai_next;
  }
  return *result != nullptr ? 0 : EAI_NONAME;
}

}  // namespace

MovingName::~MovingName() {
  lead_to("");
}

void MovingName::lead_to(const std::string& addresses) {
  const std::scoped_lock lock(mutex);
  addresses_now = addresses;
  lookups_now = 0;
}

std::size_t MovingName::lookups() const {
  const std::scoped_lock lock(mutex);
  return lookups_now;
}

}  // namespace support::tests

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  namespace tests = support::tests;
  static auto* const real = reinterpret_cast<tests::GetAddressInfo*>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || std::strcmp(node, tests::MovingName::name) != 0) return real(node, service, hints, result);
  return tests::resolve(real, tests::look_up(), service, hints, result);
}
