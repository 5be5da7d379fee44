#include "tests/conformance/graph_cases.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace support::tests {

namespace json = boost::json;

std::string cases_path(const std::string& file) {
  return SUPPORT_SOURCE_DIR "/../shared/cases/" + file;
}

bool have_cases() {
  return std::filesystem::exists(cases_path("README.md"));
}

std::string text(const json::value& value) {
  return std::string(value.as_string());
}

std::vector<std::string> strings(const json::value& list) {
  std::vector<std::string> result;
  for (const auto& item : list.as_array()) result.push_back(text(item));
  return result;
}

std::vector<json::object> read_lines(const std::string& file) {
  std::vector<json::object> result;
  std::ifstream in(cases_path(file));
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) result.push_back(json::parse(line).as_object());
  }
  return result;
}

std::map<std::string, std::vector<alembic::Revision>> read_graphs(const std::string& file) {
  std::ifstream in(cases_path(file));
  std::stringstream content;
  content << in.rdbuf();
  const auto document = json::parse(content.str());
  std::map<std::string, std::vector<alembic::Revision>> graphs;
  for (const auto& [name, revisions] : document.as_object()) {
    auto& graph = graphs[std::string(name)];
    for (const auto& item : revisions.as_array()) {
      const auto& revision = item.as_object();
      graph.push_back({.revision = text(revision.at("rev")),
                       .down_revisions = strings(revision.at("down_revision")),
                       .branch_labels = strings(revision.at("branch_labels")),
                       .depends_on = strings(revision.at("depends_on"))});
    }
  }
  return graphs;
}

alembic::Target target(const json::value& value) {
  if (value.is_null()) return "base";
  if (value.is_string()) return text(value);
  return strings(value.is_array() ? value : value.as_object().at("set"));
}

alembic::ScriptDirectory directory_of(const std::vector<alembic::Revision>& revisions) {
  std::vector<alembic::Script> scripts;
  for (const auto& revision : revisions) {
    scripts.push_back({.declared = revision, .path = revision.revision + ".cpp", .longdoc = revision.revision});
  }
  return alembic::ScriptDirectory(std::move(scripts));
}

}  // namespace support::tests
