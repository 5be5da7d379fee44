// The migration tool beside Python's Alembic and beside psql, whole processes on one server, in turns. Prints medians
// and their ratios against the limits; exits 1 when one does not hold, 2 when something could not be measured.
#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_cluster.hpp"

#include "bench/migration_projects.hpp"
#include "bench/process.hpp"

namespace {

using namespace support::bench;
using support::tests::TemporaryFolder;
using support::tests::TestDatabase;
namespace fs = std::filesystem;

std::string url_of(const TestDatabase& database) {
  return database.tcp_url().sync(support::config::Password::show);
}

// The same migrations for both tools, and how each is called.
class Contest {
 public:
  explicit Contest(const std::vector<Migration>& migrations) : migrations_(migrations) {
    fs::create_directories(folder_ / "work");
    write_sql_project(folder_ / "sql", migrations);
  }

  Program ours(const std::string& url, std::vector<std::string> command) const {
    Program program{{SUPPORT_BINARY_DIR "/support-agent", "migrate", "--script-location", folder_ / "sql"},
                    folder_ / "work",
                    {"DATABASE_URL=" + url, "ENVIRONMENT=test"},
                    folder_ / "ours"};
    program.command.insert(program.command.end(), command.begin(), command.end());
    return program;
  }
  Program theirs(const std::string& url, std::vector<std::string> command) {
    const auto project = folder_ / "python";
    if (!fs::exists(project)) write_python_project(project, migrations_, url);
    // The URL of a later database goes in by the configuration file alone.
    std::ofstream(project + "/alembic.ini")
        << fmt::format("[alembic]\nscript_location = .\nsqlalchemy.url = {}\n", url);
    command.insert(command.begin(), "alembic");
    return {std::move(command), project, {"LANG=C.UTF-8"}, folder_ / "theirs"};
  }
  Program psql(const std::string& url) const {
    return {{"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", folder_ / "upgrade.sql", url},
            folder_ / "work",
            {},
            folder_ / "psql"};
  }
  std::string file(const std::string& name) const { return folder_ / name; }
  std::size_t size() const { return migrations_.size(); }

 private:
  TemporaryFolder folder_;
  std::vector<Migration> migrations_;
};

std::vector<std::string> sorted_lines(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

// Both have printed the same lines; Alembic reads a folder in the order of the file system, so their order may differ.
void expect_same_output(const Contest& contest, std::size_t lines) {
  const auto ours = sorted_lines(contest.file("ours"));
  if (ours.size() != lines || ours != sorted_lines(contest.file("theirs"))) {
    throw std::runtime_error("The two tools print different reports, so their times can't be compared.");
  }
}

struct Series {
  std::vector<double> ours;
  std::vector<double> theirs;

  double speed_up() const { return median(theirs) / median(ours); }
};

// In turns, so that both meet the same state of the machine. The first round is not counted: it warms the file cache,
// and lets Python write its byte code, which Alembic may use from then on.
Series time_reports(Contest& contest, const std::string& url, const std::vector<std::string>& command, int rounds) {
  Series series;
  for (int round = 0; round <= rounds; ++round) {
    const auto ours = run(contest.ours(url, command));
    const auto theirs = run(contest.theirs(url, command));
    if (round == 0) continue;
    series.ours.push_back(ours.elapsed.count());
    series.theirs.push_back(theirs.elapsed.count());
  }
  return series;
}

class Table {
 public:
  Table() { fmt::print("{:<52} {:>10} {:>10} {:>9} {:>9}\n", "", "ours", "peer", "ratio", "limit"); }
  // What must be at least the limit.
  void at_least(const std::string& what, double ours, double peer, std::string_view unit, double limit) {
    print(what, ours, peer, unit, peer / ours, fmt::format(">= {}", limit), peer / ours >= limit);
  }
  // What must be at most the limit.
  void at_most(const std::string& what, double ours, double peer, std::string_view unit, double limit) {
    print(what, ours, peer, unit, ours / peer, fmt::format("<= {:.2f}", limit), ours / peer <= limit);
  }
  bool all_hold() const { return all_hold_; }

 private:
  void print(const std::string& what, double ours, double peer, std::string_view unit, double ratio,
             const std::string& limit, bool holds) {
    fmt::print("{:<52} {:>10} {:>10} {:>9.2f} {:>9}  {}\n", what, fmt::format("{:.3g} {}", ours, unit),
               fmt::format("{:.3g} {}", peer, unit), ratio, limit, holds ? "holds" : "EXCEEDED");
    std::fflush(stdout);
    all_hold_ = all_hold_ && holds;
  }

  bool all_hold_ = true;
};

void bench_current(Contest& contest, Table& table) {
  const TestDatabase database;
  const auto url = url_of(database);
  run(contest.ours(url, {"stamp", "head"}));
  const auto series = time_reports(contest, url, {"current"}, 9);
  expect_same_output(contest, 1);
  table.at_least(fmt::format("current, {} revisions, Alembic", contest.size()), median(series.ours) * 1000,
                 median(series.theirs) * 1000, "ms", 25);
}

void bench_history(Table& table) {
  Contest contest(braid(10'000));
  const auto series = time_reports(contest, "postgresql://nobody@localhost/none", {"history"}, 3);
  expect_same_output(contest, contest.size());
  table.at_least(fmt::format("history, {} revisions with branches, Alembic", contest.size()),
                 median(series.ours) * 1000, median(series.theirs) * 1000, "ms", 20);
}

void bench_upgrade(Contest& contest, Table& table) {
  auto offline = contest.ours("postgresql://nobody@localhost/none", {"upgrade", "head", "--sql"});
  offline.output = contest.file("upgrade.sql");
  run(offline);
  Series time;
  std::vector<double> memory;
  std::string ours_schema;
  for (int round = 0; round <= 7; ++round) {
    const TestDatabase by_us;
    const TestDatabase by_psql;
    Cost ours;
    Cost psql;
    // Each begins every other round, and neither pays for writing back what was done before it.
    for (const bool is_ours : {round % 2 == 0, round % 2 != 0}) {
      by_us.sql("CHECKPOINT");
      const auto program = is_ours ? contest.ours(url_of(by_us), {"upgrade", "head"}) : contest.psql(url_of(by_psql));
      (is_ours ? ours : psql) = run(program);
    }
    if (round == 0) {
      ours_schema = by_us.dump_schema();
      if (ours_schema != by_psql.dump_schema()) throw std::runtime_error("psql has made another schema than upgrade.");
      continue;
    }
    time.ours.push_back(ours.elapsed.count());
    time.theirs.push_back(psql.elapsed.count());
    memory.push_back(ours.peak_mib);
  }
  table.at_most(fmt::format("upgrade head, {} tables and indexes, psql", contest.size()), median(time.ours) * 1000,
                median(time.theirs) * 1000, "ms", 1.1);

  const TestDatabase by_alembic;
  const auto alembic = run(contest.theirs(url_of(by_alembic), {"upgrade", "head"}));
  if (ours_schema != by_alembic.dump_schema()) throw std::runtime_error("Alembic has made another schema than we.");
  table.at_most("peak memory of the same, Alembic", median(memory), alembic.peak_mib, "MiB", 1.0 / 3);
}

}  // namespace

int main() {
  try {
    Table table;
    Contest contest(chain(1'000));
    bench_current(contest, table);
    bench_history(table);
    bench_upgrade(contest, table);
    fmt::print(
        "Medians of whole processes, taken in turns after one uncounted round; Alembic runs from warm byte code.\n");
    return table.all_hold() ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 2;
  }
}
