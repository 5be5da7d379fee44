#include "app/config/settings.hpp"

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <set>

#include <fmt/format.h>

#include "app/config/setting_lookup.hpp"
#include "app/config/setting_text.hpp"
#include "app/config/settings_table.hpp"
#include "app/config/text_values.hpp"

namespace support::config {
namespace {

constexpr std::string_view from_default = "default";

// A value read from a file is as secret as a secret.
bool is_from_file(std::string_view source) {
  return source.starts_with("file ");
}

std::string join_problems(const std::vector<std::string>& problems) {
  return fmt::format("{}", fmt::join(problems, "\n"));
}

// Fills SettingsValues and notes everything that is wrong on the way.
class Loader {
 public:
  explicit Loader(const SettingsSources& sources) : lookup_(sources, problems_) {
    for (const Setting& setting : settings_table) load(setting);
    take_hints();
    apply_debug();
    check_environment();
    check_read_split();
  }

  SettingsValues values;
  std::vector<std::string> sources;

  void throw_problems() const {
    if (!problems_.empty()) throw SettingsError(problems_);
  }

 private:
  void load(const Setting& setting) {
    std::string& source = sources.emplace_back(from_default);
    load_default(setting);
    const auto [value, problem] = lookup_.find(setting.name);
    if (problem) broken_.insert(setting.name);
    if (!value) return;
    source = value->source;
    const auto complaint = read_setting(setting, value->text, values);
    if (!complaint) return;
    broken_.insert(setting.name);
    problems_.push_back(value->from_file ? file_problem(setting, *value)
                                         : fmt::format("{} {}", value->name, *complaint));
  }

  void load_default(const Setting& setting) {
    if (setting.name == "DATABASE_URL") return;
    [[maybe_unused]] const auto complaint = read_setting(setting, setting.default_text, values);
    assert(!complaint && "a default must be a value that is allowed");
  }

  // The complaint about a plain variable quotes the value; DatabaseUrl's own sentences never quote a secret.
  std::string file_problem(const Setting& setting, const FoundValue& value) const {
    const std::string start = fmt::format("{}: the text of {}", value.name, value.source);
    if (setting.name != "DATABASE_URL") return fmt::format("{} is ***; allowed is {}.", start, allowed_text(setting));
    SettingsValues scratch;
    return fmt::format("{} {}", start, read_setting(setting, value.text, scratch).value_or(""));
  }

  bool is_explicit(std::string_view name) const { return sources[index_of(*find_setting(name))] != from_default; }

  // What the URL says about the runtime engine holds where the variable is not set; where both are, they must agree.
  template <typename T>
  void take_hint(std::string_view name, T SettingsValues::*member, std::optional<T> hint, std::string_view spelling) {
    if (!hint || broken_.contains(name)) return;
    const Setting& setting = *find_setting(name);
    SettingsValues hinted;
    hinted.*member = *hint;
    const std::string text = setting_value_text(setting, hinted);
    if (is_explicit(name)) {
      if (values.*member == *hint) return;
      problems_.push_back(fmt::format("{} is {}, but {} in DATABASE_URL says {}; leave one of them out.", name,
                                      setting_value_text(setting, values), spelling, text));
      return;
    }
    if (read_setting(setting, text, values)) {
      problems_.push_back(
          fmt::format("DATABASE_URL says {} in {}; allowed is {}.", text, spelling, allowed_text(setting)));
      return;
    }
    sources[index_of(setting)] = "DATABASE_URL";
  }

  void take_hints() {
    if (!values.database_url) return;
    const RuntimeHints& hints = values.database_url->runtime_hints();
    take_hint("DATABASE_STATEMENT_CACHE_SIZE", &SettingsValues::database_statement_cache_size,
              std::optional<std::int64_t>(hints.statement_cache_size), "statement_cache_size (or pgbouncer=true)");
    take_hint("DATABASE_COMMAND_TIMEOUT", &SettingsValues::database_command_timeout, hints.command_timeout,
              "command_timeout");
    // libpq: zero and less is no limit of its own, so DATABASE_CONNECT_TIMEOUT is the one that holds.
    const auto seconds = parse_whole(values.database_url->keyword("connect_timeout"));
    if (seconds && *seconds > 0) {
      take_hint("DATABASE_CONNECT_TIMEOUT", &SettingsValues::database_connect_timeout,
                std::optional<Duration>(std::chrono::seconds(*seconds)), "connect_timeout");
    }
  }

  void apply_debug() {
    if (!values.debug) return;
    if (!is_explicit("LOG_LEVEL")) set_by_debug("LOG_LEVEL", "debug");
    if (!is_explicit("DATABASE_ECHO")) set_by_debug("DATABASE_ECHO", "true");
  }

  void set_by_debug(std::string_view name, std::string_view text) {
    const Setting& setting = *find_setting(name);
    [[maybe_unused]] const auto complaint = read_setting(setting, text, values);
    assert(!complaint);
    sources[index_of(setting)] = "DEBUG";
  }

  void check_environment() {
    if (broken_.contains("ENVIRONMENT")) return;
    const std::string environment = setting_value_text(*find_setting("ENVIRONMENT"), values);
    const bool production = values.environment == Environment::production;
    if (!values.database_url && values.environment != Environment::development && !broken_.contains("DATABASE_URL")) {
      problems_.push_back(
          fmt::format("DATABASE_URL is missing; with ENVIRONMENT={} it must be set, only development starts a database "
                      "of its own. Write "
                      "postgresql://user:password@host:5432/database.",
                      environment));
    }
    if ((production || values.environment == Environment::staging) && values.secret_key == development_secret_key &&
        !broken_.contains("SECRET_KEY")) {
      problems_.push_back(fmt::format(
          "SECRET_KEY is the published default, which ENVIRONMENT={} refuses; set a secret of {} or more characters.",
          environment, shortest_secret_key));
    }
    if (production && values.debug) {
      problems_.push_back("DEBUG is true, which ENVIRONMENT=production refuses; allowed is false.");
    }
    const auto& origins = values.cors_origins;
    if (production && std::find(origins.begin(), origins.end(), "*") != origins.end()) {
      problems_.push_back("CORS_ORIGINS holds *, which ENVIRONMENT=production refuses; list the origins.");
    }
  }

  // Reads go to standbys and writes to the primary: the URL must have both, and say so for the migrations, too.
  void check_read_split() {
    if (values.database_read_max_lag.count() == 0 || broken_.contains("DATABASE_URL")) return;
    const std::string setting =
        fmt::format("DATABASE_READ_MAX_LAG is {}", setting_value_text(*find_setting("DATABASE_READ_MAX_LAG"), values));
    const auto has_several = [&](std::string_view keyword) {
      return values.database_url->keyword(keyword).find(',') != std::string_view::npos;
    };
    if (!values.database_url || !(has_several("host") || has_several("hostaddr"))) {
      problems_.push_back(fmt::format(
          "{}, but DATABASE_URL names no standby; list all hosts, as in db1,db2, or leave the setting out.", setting));
    } else if (const auto attrs = values.database_url->keyword("target_session_attrs");
               attrs != "read-write" && attrs != "primary") {
      problems_.push_back(
          fmt::format("{}, but target_session_attrs in DATABASE_URL is '{}', which may lead writes to a standby; write "
                      "target_session_attrs=read-write.",
                      setting, attrs.empty() ? "any" : attrs));
    }
    if (values.database_shared_connections == 0 && !broken_.contains("DATABASE_SHARED_CONNECTIONS")) {
      problems_.push_back(
          fmt::format("{}, but DATABASE_SHARED_CONNECTIONS is 0 and standbys are read over shared connections alone; "
                      "set it to 1 or "
                      "more.",
                      setting));
    }
  }

  std::vector<std::string> problems_;
  std::set<std::string_view> broken_;
  SettingLookup lookup_;
};

std::optional<Settings>& installed() {
  static std::optional<Settings> settings;
  return settings;
}

}  // namespace

SettingsError::SettingsError(std::vector<std::string> problems)
    : std::runtime_error(join_problems(problems)), problems_(std::move(problems)) {}

SettingsSources SettingsSources::of_process() {
  SettingsSources sources{.environment = {}, .dotenv_path = ".env"};
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    sources.environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return sources;
}

Settings Settings::load(const SettingsSources& sources) {
  Loader loader(sources);
  loader.throw_problems();
  Settings settings;
  settings.values_ = std::move(loader.values);
  settings.sources_ = std::move(loader.sources);
  return settings;
}

void Settings::install(Settings settings) {
  assert(!installed() && "the settings are installed once");
  installed() = std::move(settings);
}

const Settings& Settings::instance() {
  assert(installed() && "install() comes first");
  return *installed();
}

Settings Settings::with_embedded_database(const DatabaseUrl& url) const {
  Settings settings = *this;
  settings.values_.database_url = url;
  settings.sources_[index_of(*find_setting("DATABASE_URL"))] = "embedded";
  return settings;
}

const DatabaseUrl& Settings::database_url() const {
  assert(has_database_url());
  return *values_.database_url;
}

std::string Settings::database_url_sync() const {
  return database_url().sync(Password::show);
}

std::vector<SettingRow> Settings::rows() const {
  std::vector<SettingRow> rows;
  for (std::size_t i = 0; i < settings_table.size(); ++i) {
    const Setting& setting = settings_table[i];
    const bool masks_itself = std::holds_alternative<std::optional<DatabaseUrl> SettingsValues::*>(setting.member);
    SettingRow row{.name = setting.name,
                   .value = setting_value_text(setting, values_),
                   .source = sources_[i],
                   .secret = setting.secrecy == Secrecy::secret};
    if (is_from_file(sources_[i]) && !masks_itself) row.value = "***";
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace support::config
