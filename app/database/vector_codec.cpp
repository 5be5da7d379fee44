// pgvector's binary form (src/vector.c, vector_send): dimensions, a reserved zero, then the components.
#include <bit>
#include <cmath>

#include "app/database/decode.hpp"

namespace support::database {
namespace {

constexpr std::size_t most_components = 16'000;

Problem decode_array(std::string_view bytes, std::vector<float>& out) {
  return codec::Reader<std::vector<float>>::read({oids::float4_array, false, bytes}, out);
}

}  // namespace

Problem Codec<Vector>::encode(const Vector& value, std::string& out) {
  const auto& components = value.components;
  if (components.empty()) return "is a vector without components";
  if (components.size() > most_components) return "is a vector of more than 16,000 components";
  codec::put_int16(out, static_cast<std::int16_t>(components.size()));
  codec::put_int16(out, 0);
  for (const float component : components) {
    if (!std::isfinite(component)) return "is a vector with a component that is not finite";
    codec::put_int32(out, std::bit_cast<std::int32_t>(component));
  }
  return nullptr;
}

bool Codec<Vector>::accepts(Oid type) {
  return type == oids::float4_array || type >= oids::first_user_defined;
}

Problem Codec<Vector>::decode(Oid type, std::string_view bytes, Vector& out) {
  if (type == oids::float4_array) return decode_array(bytes, out.components);
  if (bytes.size() < 4 || codec::int16_at(bytes.data() + 2) != 0) return "is not a vector";
  const auto count = static_cast<std::size_t>(static_cast<std::uint16_t>(codec::int16_at(bytes.data())));
  if (bytes.size() != 4 + 4 * count) return "is not a vector";
  out.components.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    out.components[i] = std::bit_cast<float>(codec::int32_at(bytes.data() + 4 + 4 * i));
  }
  return nullptr;
}

}  // namespace support::database
