#include "app/database/copy_rows.hpp"

#include <climits>
#include <fmt/format.h>

namespace support::database {

CopyRows::CopyRows() : bytes_("PGCOPY\n\377\r\n\0", 11) {
  bytes_.reserve(large + large / 8);
  codec::put_int32(bytes_, 0);  // flags
  codec::put_int32(bytes_, 0);  // length of the header's extension
}

void CopyRows::end_value(std::size_t start, Problem problem) {
  const std::size_t length = bytes_.size() - start - 4;
  if (length > INT_MAX) problem = "is larger than 2 GiB";
  if (problem) return note(problem);
  const auto size = static_cast<std::uint32_t>(length);
  for (std::size_t i = 0; i < 4; ++i) bytes_[start + i] = static_cast<char>(size >> (24 - 8 * i) & 0xFF);
}

void CopyRows::note(Problem problem) {
  if (problem_.empty()) problem_ = fmt::format("A value of row {} can't be sent: it {}.", count_, problem);
}

}  // namespace support::database
