#include "app/alembic/safety/history/author.hpp"

#include <elf.h>
#include <link.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace support::alembic::safety {

namespace {

std::string os_user() {
  std::vector<char> buffer(16384);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return found->pw_name;
  }
  return fmt::format("uid {}", ::geteuid());
}

std::string host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

// The note NT_GNU_BUILD_ID among the notes of a segment (elf(5)); "" when there is none.
std::string build_id_in(std::string_view notes) {
  const auto padded = [](std::size_t size) { return (size + 3) / 4 * 4; };
  while (notes.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) head{};
    std::memcpy(&head, notes.data(), sizeof(head));
    notes.remove_prefix(sizeof(head));
    const auto name_size = padded(head.n_namesz);
    if (notes.size() < name_size + head.n_descsz) break;
    if (head.n_type == NT_GNU_BUILD_ID && notes.starts_with(std::string_view("GNU\0", 4))) {
      return hexadecimal(notes.substr(name_size, head.n_descsz));
    }
    notes.remove_prefix(std::min(notes.size(), name_size + padded(head.n_descsz)));
  }
  return {};
}

// The first object is the program itself.
int visit(dl_phdr_info* object, std::size_t, void* result) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const auto id = build_id_in({reinterpret_cast<const char*>(object->dlpi_addr + segment.p_vaddr), segment.p_memsz});
    if (!id.empty()) *static_cast<std::string*>(result) = id;
  }
  return 1;
}

}  // namespace

Author author_of_process(const std::string& version) {
  std::string id;
  ::dl_iterate_phdr(&visit, &id);
  return {.os_user = os_user(), .host = host(), .build = id.empty() ? version : fmt::format("{} {}", version, id)};
}

}  // namespace support::alembic::safety
