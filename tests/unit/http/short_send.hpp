#pragma once

#include <cstddef>
#include <string_view>

namespace support::http::tests {

// The next send() of this process that has exactly `bytes` to send takes the first `taken` of them, as when the
// buffers between server and client are full up to that. The program's own send() stands before the C library's
// (short_send.cpp). One object at a time; it outlives the server.
class ShortSend {
 public:
  ShortSend(std::string_view bytes, std::size_t taken);
  ~ShortSend();
  ShortSend(const ShortSend&) = delete;
  ShortSend& operator=(const ShortSend&) = delete;

  bool has_struck() const;
};

}  // namespace support::http::tests
