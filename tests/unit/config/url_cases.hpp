#pragma once

#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

namespace support::config::testing {

// One line of a urls.jsonl.
struct UrlCase {
  std::string name;
  std::string url;
  std::map<std::string, std::string> sync;  // what libpq must read; meaningless for a refused URL
  std::optional<int> statement_cache_size;
  std::optional<double> command_timeout;    // seconds
  std::vector<std::string> error_mentions;  // empty: the URL is accepted
  std::vector<std::string> secrets;         // must not appear in an error
};

inline std::vector<std::string> strings(const boost::json::value& list) {
  std::vector<std::string> texts;
  for (const auto& item : list.as_array()) texts.emplace_back(item.as_string());
  return texts;
}

inline UrlCase read_url_case(const boost::json::object& line) {
  UrlCase url_case{.name = std::string(line.at("case").as_string()), .url = std::string(line.at("url").as_string())};
  if (const auto* sync = line.if_contains("sync")) {
    for (const auto& [name, value] : sync->as_object()) url_case.sync[name] = std::string(value.as_string());
  }
  if (const auto* runtime = line.if_contains("runtime")) {
    if (const auto* size = runtime->as_object().if_contains("statement_cache_size")) {
      url_case.statement_cache_size = size->to_number<int>();
    }
    if (const auto* timeout = runtime->as_object().if_contains("command_timeout")) {
      url_case.command_timeout = timeout->to_number<double>();
    }
  }
  if (const auto* mentions = line.if_contains("error_mentions")) url_case.error_mentions = strings(*mentions);
  if (const auto* secrets = line.if_contains("secret")) url_case.secrets = strings(*secrets);
  return url_case;
}

// Empty when the file is missing.
inline std::vector<UrlCase> read_url_cases(const std::string& path) {
  std::vector<UrlCase> cases;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) cases.push_back(read_url_case(boost::json::parse(line).as_object()));
  }
  return cases;
}

}  // namespace support::config::testing
