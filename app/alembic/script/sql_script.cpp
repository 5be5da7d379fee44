#include "app/alembic/script/sql_script.hpp"

#include <memory>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/operations/operations.hpp"
#include "app/alembic/script/sha256.hpp"
#include "app/alembic/script/sql_header.hpp"
#include "app/alembic/script/sql_sections.hpp"
#include "app/alembic/script/sql_split.hpp"
#include "app/alembic/script/text.hpp"

namespace support::alembic {

namespace {

// Owns what the sections are views of. Shared by the functions of one script.
struct SqlFile {
  std::string path;
  std::string text;
  SqlSections sections;
};

std::vector<SqlStatement> statements_of(const SqlFile& file, const SqlSection& section) {
  try {
    return split_sql(section.text, section.line);
  } catch (const SqlSyntaxError& error) {
    throw CommandError(fmt::format("{}:{}:{}: {}", file.path, error.line(), error.column(), error.what()));
  }
}

void run(const SqlFile& file, const SqlSection& section, Operations& op) {
  for (const auto& statement : statements_of(file, section)) {
    const SourceLine at(file.path, statement.line);
    if (statement.copy_data) {
      op.copy_data(std::string(statement.text), std::string(*statement.copy_data), at);
    } else {
      op.execute(std::string(statement.text), at);
    }
  }
}

void check_encoding(const SqlFile& file) {
  const auto at = first_invalid_utf8(file.text);
  if (!at) return;
  throw CommandError(fmt::format("{}:{}: The file is not UTF-8 (byte 0x{:02X} does not belong there); save it as UTF-8",
                                 file.path, line_at(file.text, *at), static_cast<unsigned char>(file.text[*at])));
}

}  // namespace

Script parse_sql_script(std::string path, std::string text) {
  const auto file = std::make_shared<SqlFile>(SqlFile{std::move(path), std::move(text), {}});
  check_encoding(*file);
  file->sections = find_sql_sections(file->text, file->path);
  auto header = parse_sql_header(file->sections.header, file->path);
  auto longdoc = longdoc_of(header);
  Script script{.declared = std::move(header.declared),
                .path = file->path,
                .longdoc = std::move(longdoc),
                .create_date = std::move(header.create_date),
                .upgrade = [file](Operations& op) { run(*file, file->sections.upgrade, op); },
                .downgrade = [file](Operations& op) { run(*file, file->sections.downgrade, op); },
                .transactional = header.transactional,
                .irreversible = file->sections.irreversible,
                .loses = file->sections.loses,
                .upgrade_source = UpgradeSource{file, file->sections.upgrade.text, file->sections.upgrade.line},
                .lines = header.lines,
                .checksum = [file] { return sha256(file->text); },
                .check =
                    [file] {
                      statements_of(*file, file->sections.upgrade);
                      statements_of(*file, file->sections.downgrade);
                    }};
  if (script.irreversible) script.downgrade = {};
  return script;
}

}  // namespace support::alembic
