#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace support::config {

struct OriginsReading {
  std::vector<std::string> origins;  // as browsers send them: lower case, without a default port
  std::string problem;               // half a sentence ("holds 'x', which …"); empty when all is well
};

// CORS_ORIGINS: a JSON list of origins, one origin, or "*"; empty for none. An origin is scheme://host[:port] (RFC
// 6454).
OriginsReading read_origins(std::string_view text);

// The JSON list.
std::string write_origins(const std::vector<std::string>& origins);

}  // namespace support::config
