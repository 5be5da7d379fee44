#pragma once

#include <string>

namespace support::config {

// The settings table as the README has it (GitHub's Markdown).
std::string settings_as_markdown();

// The settings table as .env.example has it: every variable commented out, with its default.
std::string settings_as_dotenv();

}  // namespace support::config
