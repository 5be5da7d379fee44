#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace support::cli {

// The operating-system account the private PostgreSQL server runs as: the caller's own, or `postgres` when the caller
// is root, because PostgreSQL refuses to run as root.
class ServerAccount {
 public:
  // Throws std::runtime_error when the caller is root and there is no account `postgres`.
  static ServerAccount current();

  uid_t uid() const { return uid_; }
  // `command` with what must stand before it to run as this account.
  std::vector<std::string> run_as(std::vector<std::string> command) const;
  // Makes a folder that belongs to this account alone (mode 0700). Throws std::runtime_error when the path is taken by
  // something else: a folder of another account in a shared place could be a trap.
  void make_private_folder(const std::filesystem::path& path) const;
  // True when the account can reach and write the folder.
  bool can_write(const std::filesystem::path& folder) const;

 private:
  ServerAccount(uid_t uid, gid_t gid, bool switches) : uid_(uid), gid_(gid), switches_(switches) {}

  uid_t uid_;
  gid_t gid_;
  bool switches_;  // the caller is root and steps down
};

}  // namespace support::cli
