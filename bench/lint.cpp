// `migrate lint` as a whole process on 1,000 statements over 100 tables that are there before. Prints the median beside
// its limit.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "bench/process.hpp"

namespace support::bench {
namespace {

constexpr int tables = 100;
constexpr int rounds = 21;
constexpr double limit = 150;

void write_schema(const std::string& path) {
  std::ofstream file(path);
  for (int i = 0; i < tables; ++i) {
    fmt::print(
        file,
        "CREATE TABLE t{0}(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(50) NOT NULL, parent "
        "bigint REFERENCES t{1} (id), amount numeric(10,2), created timestamptz DEFAULT now());\n"
        "CREATE INDEX t{0}_name ON t{0} (name, created DESC) WHERE amount > 0;\n",
        i, i / 2);
  }
}

// Ten statements a table.
void write_migration(const std::string& path) {
  std::ofstream file(path);
  fmt::print(file, "SET lock_timeout = '2s';\n");
  for (int i = 0; i < tables; ++i) {
    fmt::print(
        file,
        "ALTER TABLE t{0} ADD COLUMN note text DEFAULT 'x', ADD COLUMN token uuid DEFAULT gen_random_uuid();\n"
        "ALTER TABLE t{0} ALTER COLUMN name TYPE text;\n"
        "ALTER TABLE t{0} ADD CONSTRAINT t{0}_amount CHECK (amount IS NOT NULL AND amount >= 0) NOT VALID;\n"
        "ALTER TABLE t{0} VALIDATE CONSTRAINT t{0}_amount;\n"
        "ALTER TABLE t{0} ALTER COLUMN amount SET NOT NULL;\n"
        "CREATE INDEX CONCURRENTLY t{0}_note ON t{0} (lower(note)) WHERE note IS NOT NULL;\n"
        "CREATE VIEW v{0} AS SELECT a.id, b.name FROM t{0} a LEFT JOIN t{1} b ON b.id = a.parent WHERE a.amount > 5;\n"
        "UPDATE t{0} SET note = name WHERE id IN (SELECT id FROM t{0} WHERE note IS NULL LIMIT 1000);\n"
        "CREATE TABLE n{0}(id bigint PRIMARY KEY, t bigint NOT NULL REFERENCES t{0} (id) ON DELETE CASCADE);\n"
        "COMMENT ON COLUMN t{0}.note IS 'what was said';\n",
        i, i / 2);
  }
}

int bench_lint() {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("bench_lint_{}", ::getpid());
  std::filesystem::create_directory(folder);
  write_schema(folder / "schema.sql");
  write_migration(folder / "new.sql");
  // Findings are expected, so exit code 1 is as good as 0.
  const Program lint{
      .command = {"sh", "-c",
                  fmt::format("{}/support-agent migrate lint new.sql --schema schema.sql --format json; test $? -le 1",
                              SUPPORT_BINARY_DIR)},
      .folder = folder};
  std::vector<double> times;
  run(lint);
  for (int i = 0; i < rounds; ++i) times.push_back(run(lint).elapsed.count() * 1000);
  std::filesystem::remove_all(folder);
  const double took = median(times);
  fmt::print("{:<52} {:>10} {:>9}\n{:<52} {:>7.1f} ms {:>6} ms  {}\n", "", "median", "limit",
             fmt::format("migrate lint, {} statements over {} tables", 10 * tables, tables), took, limit,
             took <= limit ? "holds" : "MISSED");
  return took <= limit ? 0 : 1;
}

}  // namespace
}  // namespace support::bench

int main() {
  try {
    return support::bench::bench_lint();
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 2;
  }
}
