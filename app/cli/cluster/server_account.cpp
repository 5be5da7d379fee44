#include "app/cli/cluster/server_account.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

#include "app/cli/cluster/command_line.hpp"

namespace support::cli {

ServerAccount ServerAccount::current() {
  if (::geteuid() != 0) return {::geteuid(), ::getegid(), false};
  const passwd* account = ::getpwnam("postgres");
  if (account == nullptr) {
    throw std::runtime_error(
        "PostgreSQL refuses to run as root and there is no account 'postgres' to run it as; install Debian's "
        "postgresql-15, "
        "run as another user, or set DATABASE_URL to a server that runs already.");
  }
  return {account->pw_uid, account->pw_gid, true};
}

std::vector<std::string> ServerAccount::run_as(std::vector<std::string> command) const {
  if (!switches_) return command;
  std::vector<std::string> prefixed{"setpriv", fmt::format("--reuid={}", uid_), fmt::format("--regid={}", gid_),
                                    "--clear-groups"};
  prefixed.insert(prefixed.end(), command.begin(), command.end());
  return prefixed;
}

void ServerAccount::make_private_folder(const std::filesystem::path& path) const {
  std::filesystem::create_directories(path.parent_path());
  if (::mkdir(path.c_str(), 0700) == 0) {
    if (switches_ && ::chown(path.c_str(), uid_, gid_) != 0) {
      throw std::runtime_error(fmt::format("Can't give the folder {} to the account that runs PostgreSQL: {}.",
                                           path.string(), std::strerror(errno)));
    }
    return;
  }
  struct stat found {};
  if (errno != EEXIST || ::lstat(path.c_str(), &found) != 0) {
    throw std::runtime_error(fmt::format("Can't create the folder {}: {}.", path.string(), std::strerror(errno)));
  }
  if (!S_ISDIR(found.st_mode) || found.st_uid != uid_ || (found.st_mode & 0077) != 0) {
    throw std::runtime_error(fmt::format(
        "{} exists but is not a private folder of the account that runs PostgreSQL (uid {}); remove it and try "
        "again.",
        path.string(), uid_));
  }
}

bool ServerAccount::can_write(const std::filesystem::path& folder) const {
  return run_program(run_as({"/usr/bin/test", "-w", folder.string()})).status == 0;
}

}  // namespace support::cli
