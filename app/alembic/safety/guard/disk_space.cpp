#include "app/alembic/safety/guard/disk_space.hpp"

#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::alembic::safety {

namespace {

std::string size_text(std::uint64_t bytes) {
  constexpr double mebibyte = 1024.0 * 1024.0;
  const auto mebibytes = static_cast<double>(bytes) / mebibyte;
  return mebibytes < 1024 ? fmt::format("{:.1f} MiB", mebibytes) : fmt::format("{:.1f} GiB", mebibytes / 1024);
}

}  // namespace

std::optional<std::uint64_t> free_space_here(const std::string& folder) {
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  if (error) return std::nullopt;
  return space.available;
}

std::string DiskShortage::text() const {
  return fmt::format("{} has {}, and {} are free in {}", relation, size_text(needed), size_text(free), folder);
}

std::optional<DiskShortage> disk_shortage(Bind& session, const RelationName& relation, const FreeSpace& free_space) {
  const auto name = schema::qualified_name(relation.name, relation.schema);
  // Through a Unix socket the server's files are on this machine.
  const auto rows = session.query(fmt::format(
      "WITH RECURSIVE part AS (SELECT to_regclass({0})::oid AS oid UNION SELECT i.inhrelid FROM pg_inherits i JOIN "
      "part "
      "ON i.inhparent = part.oid) SELECT coalesce(nullif(pg_tablespace_location(c.reltablespace), ''), "
      "current_setting('data_directory')), sum(pg_total_relation_size(c.oid)) FROM part JOIN pg_class c USING (oid) "
      "WHERE c.relkind IN ('r', 'm') AND inet_server_addr() IS NULL AND pg_has_role(current_user, "
      "'pg_read_all_settings', 'MEMBER') GROUP BY 1",
      schema::quote_literal(name)));
  for (const auto& row : rows) {
    const auto folder = row.at(0).value_or("");
    const auto digits = row.at(1).value_or("0");
    std::uint64_t needed = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), needed);
    const auto free = free_space(folder);
    if (free && *free < needed) return DiskShortage{relation.text(), folder, needed, *free};
  }
  return std::nullopt;
}

}  // namespace support::alembic::safety
