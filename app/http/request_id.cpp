#include "app/http/request_id.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>

namespace support::http {

namespace {

constexpr std::size_t max_size = 128;

std::mt19937_64 seeded_generator() {
  std::random_device device;
  std::array<std::uint32_t, 8> entropy{};
  std::ranges::generate(entropy, std::ref(device));
  std::seed_seq seed(entropy.begin(), entropy.end());
  return std::mt19937_64(seed);
}

void make_request_id(std::string& id) {
  thread_local std::mt19937_64 generator = seeded_generator();
  constexpr std::string_view digits = "0123456789abcdef";
  id.clear();
  id.reserve(32);
  for (int half = 0; half < 2; ++half) {
    std::uint64_t bits = generator();
    for (int digit = 0; digit < 16; ++digit, bits >>= 4U) id += digits[bits & 0xfU];
  }
}

}  // namespace

bool is_valid_request_id(std::string_view id) {
  return !id.empty() && id.size() <= max_size && std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
           c == '-';
  });
}

std::string new_request_id() {
  std::string id;
  make_request_id(id);
  return id;
}

void take_request_id(const HeaderFields& fields, std::string& id) {
  const auto given = fields.find("X-Request-Id");
  if (given && is_valid_request_id(*given) && fields.count("X-Request-Id") == 1) {
    id = *given;
  } else {
    make_request_id(id);
  }
}

}  // namespace support::http
