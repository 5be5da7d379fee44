#include "app/cli/config_command.hpp"

#include <cstdio>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "app/cli/exit_code.hpp"
#include "app/config/settings.hpp"
#include "app/config/settings_reference.hpp"

namespace support::cli {
namespace {

using config::Settings;

// Every subcommand but `reference` begins here: with a configuration that can't be used all problems are printed.
template <typename Report>
int with_settings(Report report) {
  try {
    return report(Settings::load(config::SettingsSources::of_process()));
  } catch (const config::SettingsError& error) {
    fmt::print(stderr, "support-agent: the configuration can't be used:\n{}\n", error.what());
    return exit_bad_request;
  }
}

int show_text(const Settings& settings) {
  const auto rows = settings.rows();
  std::size_t name_width = 0;
  std::size_t value_width = 0;
  for (const auto& row : rows) {
    name_width = std::max(name_width, row.name.size());
    value_width = std::max(value_width, row.value.size());
  }
  for (const auto& row : rows) {
    fmt::print("{:<{}}  {:<{}}  {}\n", row.name, name_width, row.value, value_width, row.source);
  }
  return exit_done;
}

int show_json(const Settings& settings) {
  boost::json::array list;
  for (const auto& row : settings.rows()) {
    list.push_back({{"name", row.name}, {"value", row.value}, {"source", row.source}, {"secret", row.secret}});
  }
  fmt::print("{}\n", boost::json::serialize(list));
  return exit_done;
}

int check(const Settings& settings) {
  fmt::print("The configuration is valid: {} settings, {} of them not at their default.\n", settings.rows().size(),
             std::ranges::count_if(settings.rows(), [](const auto& row) { return row.source != "default"; }));
  return exit_done;
}

struct UrlOptions {
  bool sync = false;
  bool show_password = false;
};

int print_url(const Settings& settings, const UrlOptions& options) {
  if (!settings.has_database_url()) {
    fmt::print(stderr,
               "DATABASE_URL is not set, so development uses the private PostgreSQL cluster that the program starts "
               "itself, and "
               "there is no URL to print. Set DATABASE_URL=postgresql://user:password@host:5432/database to use "
               "another one.\n");
    return exit_bad_request;
  }
  const auto password = options.show_password ? config::Password::show : config::Password::mask;
  const auto& url = settings.database_url();
  fmt::print("{}\n", options.sync ? url.sync(password) : url.text(password));
  return exit_done;
}

void add_show(CLI::App& config, int& exit_code) {
  auto* show = config.add_subcommand("show", "The effective settings and where each comes from, secrets masked");
  auto format = std::make_shared<std::string>("text");
  show->add_option("--format", *format, "text or json")->check(CLI::IsMember({"text", "json"}))->capture_default_str();
  show->callback([format, &exit_code] { exit_code = with_settings(*format == "json" ? show_json : show_text); });
}

void add_check(CLI::App& config, int& exit_code) {
  auto* command =
      config.add_subcommand("check", "Exit 0 when every setting is valid, otherwise list all that is wrong and exit 2");
  command->callback([&exit_code] { exit_code = with_settings(check); });
}

void add_url(CLI::App& config, int& exit_code) {
  auto* command = config.add_subcommand("url", "The database URL, the password masked");
  auto options = std::make_shared<UrlOptions>();
  command->add_flag("--sync", options->sync,
                    "the URL that migrations use, computed from DATABASE_URL: libpq's own spelling");
  command->add_flag("--show-password", options->show_password, "don't mask the password");
  command->callback([options, &exit_code] {
    exit_code = with_settings([&](const Settings& settings) { return print_url(settings, *options); });
  });
}

void add_reference(CLI::App& config, int& exit_code) {
  auto* command = config.add_subcommand(
      "reference", "All settings with defaults and meanings, as the README and .env.example have them");
  auto format = std::make_shared<std::string>("markdown");
  command->add_option("--format", *format, "markdown or env")
      ->check(CLI::IsMember({"markdown", "env"}))
      ->capture_default_str();
  command->callback([format, &exit_code] {
    fmt::print("{}", *format == "env" ? config::settings_as_dotenv() : config::settings_as_markdown());
    exit_code = exit_done;
  });
}

}  // namespace

void add_config_command(CLI::App& program, int& exit_code) {
  auto* config = program.add_subcommand("config", "The configuration the program would run with");
  config->require_subcommand(1);
  add_show(*config, exit_code);
  add_check(*config, exit_code);
  add_url(*config, exit_code);
  add_reference(*config, exit_code);
}

}  // namespace support::cli
