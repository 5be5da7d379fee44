#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/config/settings.hpp"

namespace support::config::testing {

// A folder that is gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "unit_config_XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

// Sources of settings, put together by a test.
class Configuration {
 public:
  Configuration& set(const std::string& name, const std::string& value) {
    sources_.environment.emplace_back(name, value);
    return *this;
  }
  Configuration& dotenv(const std::string& text) {
    sources_.dotenv_path = folder_->write(".env", text);
    return *this;
  }
  Configuration& dotenv_path(const std::string& path) {
    sources_.dotenv_path = path;
    return *this;
  }
  // A file with `text`; returns its path.
  std::string file(const std::string& name, const std::string& text) const { return folder_->write(name, text); }
  const TemporaryFolder& folder() const { return *folder_; }

  Settings load() const { return Settings::load(sources_); }

 private:
  std::shared_ptr<TemporaryFolder> folder_ = std::make_shared<TemporaryFolder>();
  SettingsSources sources_;
};

// Empty when the configuration is valid.
inline std::vector<std::string> problems_of(const Configuration& configuration) {
  try {
    static_cast<void>(configuration.load());
  } catch (const SettingsError& error) {
    return error.problems();
  }
  return {};
}

}  // namespace support::config::testing
