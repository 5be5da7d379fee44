#include "app/schema/name.hpp"

#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace support::schema {
namespace {

constexpr std::size_t max_characters = 63;
constexpr std::size_t kept_characters = max_characters - 8;

constexpr bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// Where the character of this index begins in UTF-8; the size of the text when it has fewer.
std::size_t offset_of_character(const std::string& text, std::size_t index) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!continues_character(text[i]) && characters++ == index) return i;
  }
  return text.size();
}

std::string last_digits_of_md5(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) != 1 || size != 16) {
    throw std::runtime_error(
        fmt::format("OpenSSL refuses to compute the MD5 that shortens the name '{}'; give it a name of at most {} "
                    "characters.",
                    text, max_characters));
  }
  return fmt::format("{:02x}{:02x}", digest[14], digest[15]);
}

std::string shortened(std::string name) {
  if (offset_of_character(name, max_characters) == name.size()) return name;
  return name.substr(0, offset_of_character(name, kept_characters)) + '_' + last_digits_of_md5(name);
}

}  // namespace

Name f(std::string name) {
  Name result(shortened(std::move(name)));
  result.origin_ = Name::Origin::final;
  return result;
}

Name quoted(Name name) {
  name.is_quoted_ = true;
  return name;
}

Name made_up(std::string name) {
  Name result(shortened(std::move(name)));
  result.origin_ = Name::Origin::made_up;
  return result;
}

}  // namespace support::schema
