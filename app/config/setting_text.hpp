#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/config/settings_table.hpp"

namespace support::config {

// Reads `text` into the setting's member. Returns what is wrong as half a sentence that follows the setting's name ("is
// 'x'; allowed is …"), nothing when it was read. A secret value is never in it.
std::optional<std::string> read_setting(const Setting& setting, std::string_view text, SettingsValues& values);

// The effective value, as it could be written in the environment; a secret is "***", a database URL has its password
// masked.
std::string setting_value_text(const Setting& setting, const SettingsValues& values);

// "a whole number from 1 to 1000", "development, staging, production or test".
std::string allowed_text(const Setting& setting);

// 1500 ms as "1.5s", 300 s as "5m", 0 as "0s".
std::string duration_text(Duration duration);

}  // namespace support::config
