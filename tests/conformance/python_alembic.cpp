#include "tests/conformance/python_alembic.hpp"

#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include <fmt/format.h>

namespace support::tests {

namespace json = boost::json;

namespace {

const std::string here = SUPPORT_SOURCE_DIR "/tests/conformance/";

// JSON's texts and lists of texts are Python's, too.
std::string literal(const json::value& value) {
  return json::serialize(value);
}

std::string tuple(const alembic::RevisionIds& ids) {
  return ids.empty() ? "None" : fmt::format("tuple({})", literal(json::value_from(ids)));
}

std::string function(const std::string& name, const std::vector<std::string>& statements) {
  auto text = fmt::format("\n\ndef {}():\n    pass\n", name);
  for (const auto& statement : statements) {
    text += fmt::format("    op.get_bind().exec_driver_sql({})\n", literal(json::value(statement)));
  }
  return text;
}

std::string module(const PythonAlembic::Step& step) {
  const auto& declared = step.declared;
  const auto doc = fmt::format("{}\n\nRevision ID: {}\nRevises: {}\nCreate Date: 2026-01-18 03:38:38\n\n", step.message,
                               declared.revision, fmt::join(declared.down_revisions, ", "));
  return fmt::format(
             "{}\nfrom alembic import op\nrevision = {}\ndown_revision = {}\nbranch_labels = {}\ndepends_on = {}\n",
             literal(json::value(doc)), literal(json::value(declared.revision)), tuple(declared.down_revisions),
             tuple(declared.branch_labels), tuple(declared.depends_on)) +
         function("upgrade", step.upgrade) + function("downgrade", step.downgrade);
}

}  // namespace

PythonAlembic::PythonAlembic(std::string url) : url_(std::move(url)) {
  auto pattern = (std::filesystem::temp_directory_path() / "support-agent-alembic-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("No folder for Python's scripts could be made");
  folder_ = pattern;
  std::filesystem::copy_file(here + "alembic_env.py", folder_ / "env.py");
}

PythonAlembic::PythonAlembic(std::string url, const std::filesystem::path& versions) : PythonAlembic(std::move(url)) {
  std::filesystem::copy(versions, folder_ / "versions");
}

PythonAlembic::PythonAlembic(std::string url, const std::vector<Step>& steps) : PythonAlembic(std::move(url)) {
  std::filesystem::create_directory(folder_ / "versions");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::ofstream(folder_ / "versions" / fmt::format("{:04}_step.py", i)) << module(steps[i]);
  }
}

PythonAlembic::~PythonAlembic() {
  std::filesystem::remove_all(folder_);
}

PythonAlembic::Answer PythonAlembic::run(const Command& command, const std::string& url) const {
  return PythonOracle::instance().ask(
      {{"folder", folder_.string()}, {"url", url}, {"command", command.name}, {"arguments", command.arguments}});
}

}  // namespace support::tests
