#include "app/alembic/autogenerate/wanted_cache.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "app/alembic/autogenerate/snapshot_archive.hpp"

namespace support::alembic::autogenerate {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kept_files = 16;
constexpr std::string_view suffix = ".json";

// Empty when OpenSSL refuses.
std::string sha256(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) return {};
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

// Another build is another file. Empty when there is no telling.
std::string this_program() {
  struct stat file {};
  if (::stat("/proc/self/exe", &file) != 0) return {};
  return fmt::format("{}/{}/{}/{}.{}", file.st_dev, file.st_ino, file.st_size, file.st_mtim.tv_sec,
                     file.st_mtim.tv_nsec);
}

// All that tells one server, and one session on it, from others that could make something else of the same statements.
// Settings of libraries come and go with them. Null where event triggers may do what they like to the statements.
constexpr std::string_view circumstances =
    "SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtenabled <> 'D') THEN concat_ws(' / ', "
    "version(), current_database(), current_user, current_schema(), (SELECT string_agg(rolname, ',' ORDER BY rolname) "
    "FROM pg_roles), (SELECT concat_ws(' ', encoding, datcollate, datctype, dattablespace) "
    "FROM pg_database WHERE datname = current_database()), (SELECT string_agg(concat_ws(' ', x.extname, x.extversion, "
    "n.nspname), ', ' ORDER BY x.extname) FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace), (SELECT "
    "string_agg(name || '=' || setting, ', ' ORDER BY name) FROM pg_settings WHERE context IN ('user', 'superuser') "
    "AND name <> 'application_name' AND name !~ '[.]')) END";

std::string spelled(const InspectOptions& options) {
  return fmt::format("{}/{}/{}/{}/{}", fmt::join(options.schemas, ","), options.version_table,
                     options.version_table_schema, static_cast<int>(options.access),
                     static_cast<int>(options.dependencies));
}

// A line for what it is of and what it holds, then the snapshot.
std::string sealed(const std::string& key, const std::string& archive) {
  return fmt::format("{} {}\n{}", key, sha256(archive), archive);
}

// Absent as well when the file is damaged, or of something else.
std::optional<CatalogSnapshot> read(const fs::path& file, const std::string& key) {
  std::error_code error;
  std::ifstream stream(file, std::ios::binary);
  if (!stream || !fs::is_regular_file(file, error)) return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto archive = text.substr(std::min(text.find('\n'), text.size() - 1) + 1);
  return text == sealed(key, archive) ? unarchived(archive) : std::nullopt;
}

}  // namespace

CatalogSnapshot WantedCache::get(Connection& connection, const std::string& statements, const InspectOptions& options,
                                 const std::function<CatalogSnapshot()>& build) const {
  const auto program = folder_.empty() ? std::string() : this_program();
  if (program.empty()) return build();
  const auto server = connection.query(std::string(circumstances)).at(0).at(0);
  if (!server) return build();
  const auto key = sha256(fmt::format("{}\n{}\n{}\n{}", program, *server, spelled(options), statements));
  if (key.empty()) return build();
  const auto file = folder_ / (key + std::string(suffix));
  if (auto snapshot = read(file, key)) {
    std::error_code ignored;
    fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
    return std::move(*snapshot);
  }
  auto snapshot = build();
  keep(file, key, snapshot);
  return snapshot;
}

// Under another name first, so that nobody reads half of it. Schemas are nobody else's business.
void WantedCache::keep(const fs::path& file, const std::string& key, const CatalogSnapshot& snapshot) const {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return;
  auto unfinished = file;
  unfinished += fmt::format(".{}", ::getpid());
  {
    std::ofstream stream(unfinished, std::ios::binary);
    fs::permissions(unfinished, fs::perms::owner_read | fs::perms::owner_write, error);
    if (!error) stream << sealed(key, archived(snapshot)) << std::flush;
    if (!stream) error = std::make_error_code(std::errc::io_error);
  }
  if (!error) fs::rename(unfinished, file, error);
  if (error) fs::remove(unfinished, error);
  forget_old_ones();
}

// And what processes that were killed did not finish.
void WantedCache::forget_old_ones() const {
  std::error_code error;
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const auto time = entry.last_write_time(error);
    if (entry.path().extension() == suffix) {
      files.emplace_back(time, entry.path());
    } else if (entry.path().stem().extension() == suffix && time < long_ago) {
      fs::remove(entry.path(), error);
    }
  }
  std::ranges::sort(files, std::greater<>());
  for (std::size_t i = kept_files; i < files.size(); ++i) fs::remove(files[i].second, error);
}

}  // namespace support::alembic::autogenerate
