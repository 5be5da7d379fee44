#pragma once

#include <cstddef>

namespace support::http {

// Bytes asked of the socket at once; an idle connection keeps a buffer of the former.
inline constexpr std::size_t head_read_size = 2 * 1024;
inline constexpr std::size_t body_read_size = 16 * 1024;

}  // namespace support::http
