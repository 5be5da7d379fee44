#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/settings.hpp"

namespace support::config {

// The text of one setting and where it was found.
struct FoundValue {
  std::string text;
  std::string name;    // for a problem: "HTTP_PORT", "SECRET_KEY_FILE (.env, line 3)"
  std::string source;  // for `config show`: "environment", ".env", "file /run/secrets/x"
  bool from_file = false;
};

// Finds variables in the environment first, then in the .env file, whatever the case of their names.
class SettingLookup {
 public:
  // Reads the .env file. What is wrong with it, and with each variable found later, is added to `problems`, which must
  // outlive this object.
  SettingLookup(const SettingsSources& sources, std::vector<std::string>& problems);

  // `name` in upper case. Absent when nothing gives a value or when what gives it is a problem.
  struct Outcome {
    std::optional<FoundValue> value;
    bool problem = false;
  };
  Outcome find(std::string_view name);

 private:
  struct Variable {
    std::string name;
    std::string value;
    std::string origin;
    bool expands = false;

    std::string shown() const;  // for a problem
  };
  enum class Level { environment, dotenv };

  void read_dotenv(const std::string& path);
  Outcome find_at(Level level, std::string_view name);
  // The one variable that is called `name` at this level, in any case.
  struct Single {
    const Variable* variable = nullptr;
    bool problem = false;
  };
  Single single(const std::vector<Variable>& variables, std::string_view name);
  Outcome read_file(const Variable& variable);
  Outcome refuse(std::string problem);

  std::vector<std::string>& problems_;
  std::vector<Variable> environment_;
  std::vector<Variable> dotenv_;
};

}  // namespace support::config
