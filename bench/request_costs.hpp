#pragma once

#include <string>

#include "tests/support/agent_process.hpp"

namespace support::bench {

// The bytes of a GET.
std::string get_request(const std::string& path);

// Resident memory of the service that an idle connection holds once it has made a request, in bytes; what the kernel
// keeps for the socket is not in it. `request`: what each of the 2,000 connections asks for first.
double memory_of_idle_connection(const tests::Environment& environment, const std::string& request);

// Allocations of the service, all threads, a request of one connection, after the first thousand requests.
double allocations_of_request(const tests::Environment& environment, const std::string& request);

struct SystemCalls {
  double of_request = 0;
  std::string which;  // the most frequent ones
};
// As strace counts them, all threads, while one connection makes requests one after the other. Throws
// std::runtime_error when strace may not attach.
SystemCalls system_calls_of_request(const tests::Environment& environment, const std::string& request);

}  // namespace support::bench
