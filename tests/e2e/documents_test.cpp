// Runs the transcripts of docs/api.md against a fresh service: what the page shows is what the service answers.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <variant>

#include "app/cli/cluster/command_line.hpp"

#include "tests/e2e/service_fixture.hpp"

namespace support::tests {
namespace {

constexpr const char* page_path = SUPPORT_SOURCE_DIR "/docs/api.md";

struct Exchange {
  std::size_t line = 0;
  std::string command;
  std::string expected;
};

// The page as pieces of prose and exchanges. In ```console blocks: "$ command", which goes on while a quote or a
// backslash is open, then its output.
struct Page {
  std::vector<std::variant<std::string, Exchange>> pieces;

  std::vector<Exchange*> exchanges() {
    std::vector<Exchange*> found;
    for (auto& piece : pieces) {
      if (auto* exchange = std::get_if<Exchange>(&piece)) found.push_back(exchange);
    }
    return found;
  }
  std::string text() const {
    std::string all;
    for (const auto& piece : pieces) {
      if (const auto* exchange = std::get_if<Exchange>(&piece)) {
        all += "$ " + exchange->command + '\n' + exchange->expected;
      } else {
        all += std::get<std::string>(piece);
      }
    }
    return all;
  }
};

bool is_complete(const std::string& command) {
  return std::count(command.begin(), command.end(), '\'') % 2 == 0 && !command.ends_with('\\');
}

Page read_page() {
  std::ifstream file(page_path);
  Page page;
  bool inside = false;
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    auto* last = page.pieces.empty() ? nullptr : std::get_if<Exchange>(&page.pieces.back());
    if (line.starts_with("```")) {
      inside = line == "```console";
      page.pieces.emplace_back(line + '\n');
    } else if (inside && last != nullptr && !is_complete(last->command)) {
      last->command += '\n' + line;
    } else if (inside && line.starts_with("$ ")) {
      page.pieces.emplace_back(Exchange{number, line.substr(2), ""});
    } else if (inside && last != nullptr) {
      last->expected += line + '\n';
    } else {
      page.pieces.emplace_back(line + '\n');
    }
  }
  return page;
}

// What differs from run to run.
std::string normalised(std::string text) {
  static const std::vector<std::pair<std::regex, std::string>> rules{
      {std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)"), "<time>"},
      {std::regex(R"(urn:request:[A-Za-z0-9._-]+)"), "urn:request:<id>"},
      {std::regex(R"((X-Request-Id|Date): [^\r\n]*)"), "$1: <…>"},
      {std::regex(R"("uptime_seconds":\d+)"), "\"uptime_seconds\":0"},
      {std::regex(R"(\r)"), ""},
      {std::regex(R"(\n+$)"), ""}};
  for (const auto& [pattern, replacement] : rules) text = std::regex_replace(text, pattern, replacement);
  return text;
}

std::string slurp(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(SettingsDocuments, AreWhatTheTableOfSettingsSays) {
  const auto dotenv = run_agent({"config", "reference", "--format", "env"}, {});
  EXPECT_EQ(slurp(SUPPORT_SOURCE_DIR "/.env.example"), dotenv.standard_output) << "./dev doc writes it anew";
  const auto table = run_agent({"config", "reference", "--format", "markdown"}, {});
  EXPECT_NE(slurp(SUPPORT_SOURCE_DIR "/README.md").find(table.standard_output), std::string::npos)
      << "./dev doc writes the table anew";
}

// With SUPPORT_UPDATE_DOCUMENTS set, writes what the service answers into the page instead of comparing.
TEST(ApiDocument, ShowsWhatTheServiceAnswers) {
  TestDatabase database;
  auto environment = environment_for(database.url_text());
  environment["HTTP_THREADS"] = "1";
  ASSERT_EQ(run_agent({"migrate", "upgrade", "head"}, environment).exit_code, 0);
  RunningService service(environment);
  const bool update = std::getenv("SUPPORT_UPDATE_DOCUMENTS") != nullptr;
  auto page = read_page();
  const auto exchanges = page.exchanges();
  ASSERT_GE(exchanges.size(), 15U) << page_path;
  const std::string shown = "127.0.0.1:8000";
  const std::string actual = "127.0.0.1:" + std::to_string(service.port());
  for (auto* exchange : exchanges) {
    const auto command = std::regex_replace(exchange->command, std::regex(shown), actual);
    const auto result = cli::run_program({"bash", "-c", command});
    auto output = std::regex_replace(result.output, std::regex(actual), shown);
    output = std::regex_replace(output, std::regex("\\r"), "");
    if (!output.ends_with('\n')) output += '\n';
    if (update) {
      exchange->expected = output;
    } else {
      EXPECT_EQ(normalised(output), normalised(exchange->expected))
          << page_path << ":" << exchange->line << "\n$ " << exchange->command;
    }
  }
  if (update) std::ofstream(page_path) << page.text();
}

}  // namespace
}  // namespace support::tests
