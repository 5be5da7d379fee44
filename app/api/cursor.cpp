#include "app/api/cursor.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace support::api {
namespace {
constexpr std::size_t id_digits = 16;        // hexadecimal, 64 bits
constexpr std::size_t signature_bytes = 16;  // HMAC-SHA256, truncated (RFC 2104 section 5 allows half)
}  // namespace

std::string CursorSigner::signature(std::string_view scope, std::string_view id) const {
  const std::string message = fmt::format("cursor\n{}\n{}", id, scope);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(), &length) == nullptr) {
    throw std::runtime_error("OpenSSL could not compute a signature.");
  }
  std::string text;
  for (std::size_t i = 0; i < signature_bytes; ++i) fmt::format_to(std::back_inserter(text), "{:02x}", digest[i]);
  return text;
}

std::string CursorSigner::sign(std::string_view scope, std::int64_t after_id) const {
  const std::string id = fmt::format("{:016x}", static_cast<std::uint64_t>(after_id));
  return id + signature(scope, id);
}

std::optional<std::int64_t> CursorSigner::verify(std::string_view scope, std::string_view cursor) const {
  if (cursor.size() != id_digits + 2 * signature_bytes) return std::nullopt;
  const std::string_view id = cursor.substr(0, id_digits);
  const std::string expected = signature(scope, id);
  if (CRYPTO_memcmp(expected.data(), cursor.data() + id_digits, expected.size()) != 0) return std::nullopt;
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(id.data(), id.data() + id.size(), value, 16);
  if (parsed.ec != std::errc{} || parsed.ptr != id.data() + id.size()) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

}  // namespace support::api
