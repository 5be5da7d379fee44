#include "app/alembic/safety/roundtrip/round_trip.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/autogenerate/compare.hpp"
#include "app/alembic/autogenerate/comparison_options.hpp"
#include "app/alembic/errors.hpp"
#include "app/alembic/safety/roundtrip/trial_database.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::safety {
namespace {

using autogenerate::CatalogSnapshot;
using autogenerate::Change;
using autogenerate::Difference;
using autogenerate::ObjectKind;
using autogenerate::QualifiedName;
using autogenerate::Table;
using autogenerate::TableKind;

// Rows of a table that has none, before the revision; what is written into one that the revision changes, and into
// others, after it. A table that has that many gets no more, so that a long line of revisions does not fill it.
constexpr std::size_t rows_before = 3;
constexpr std::size_t rows_since = 2;
constexpr std::size_t enough_rows = 10;

constexpr std::string_view not_null_violation = "(SQLSTATE 23502)";

// Whether a failure may have to do with the rows that are there: a constraint, a value that does not fit, or what a
// migration raises itself.
bool is_about_values(const std::string& failure) {
  return std::ranges::any_of(std::array{"(SQLSTATE 22", "(SQLSTATE 23", "(SQLSTATE P0"},
                             [&](const char* sqlstate) { return failure.find(sqlstate) != std::string::npos; });
}

// Everything but the order of columns, which no downgrade can bring back, and what the server names by itself. The
// tool's own schema is none of the migrations'.
std::vector<Difference> differences(const CatalogSnapshot& before, const CatalogSnapshot& after) {
  autogenerate::CompareOptions options;
  options.compare_access = true;
  options.compare_extension_versions = true;
  options.include_object = [](const autogenerate::ObjectName& object, autogenerate::Side) {
    return (object.kind == ObjectKind::schema ? object.name : object.schema) != autogenerate::tool_schema;
  };
  return autogenerate::compare(before, after, options);
}

// With the tables that have a column of a type that changed.
std::set<QualifiedName> changed_tables(const std::vector<Difference>& differences, const CatalogSnapshot& after) {
  std::set<QualifiedName> tables;
  std::set<std::string> types;
  for (const auto& difference : differences) {
    if (difference.kind == ObjectKind::table) tables.emplace(difference.schema, difference.name);
    if (!difference.table.empty()) tables.emplace(difference.schema, difference.table);
    if (difference.kind == ObjectKind::enum_type || difference.kind == ObjectKind::domain ||
        difference.kind == ObjectKind::composite_type) {
      types.insert(schema::qualified_name(difference.name, difference.schema));
    }
  }
  for (const auto& table : after.tables) {
    const bool has_one = std::ranges::any_of(table.columns, [&](const autogenerate::Column& column) {
      return types.contains(column.type) ||
             (column.type.ends_with("[]") && types.contains(column.type.substr(0, column.type.size() - 2)));
    });
    if (has_one) tables.emplace(table.schema, table.name);
  }
  return tables;
}

// How rows were left out, for a migration that refuses those that are made up.
struct Seeding {
  enum class Extent { all, without_nulls, without_named, none };
  Extent extent = Extent::all;
  std::string refusal;  // of the first try, empty: there was none
};

std::string how_tested(Seeding::Extent extent) {
  switch (extent) {
    case Seeding::Extent::all:
      break;
    case Seeding::Extent::without_nulls:
      return "with rows that have a value in every column";
    case Seeding::Extent::without_named:
      return "without rows in the tables that it names";
    case Seeding::Extent::none:
      return "without rows";
  }
  return "with rows";
}

// Whether the word stands in the text, not as a part of another one.
bool mentions(const std::string& text, const std::string& word) {
  const auto belongs_to_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !belongs_to_word(text[at - 1])) && (end == text.size() || !belongs_to_word(text[end]))) return true;
  }
  return false;
}

// A column that the upgrade added as NOT NULL and without a value for the rows that are there.
bool adds_column_without_value(const std::vector<Difference>& changes, const CatalogSnapshot& before) {
  return std::ranges::any_of(changes, [&](const Difference& change) {
    const auto* column = std::get_if<autogenerate::Column>(&change.after);
    if (change.kind != ObjectKind::column || change.change != Change::added || column == nullptr) return false;
    const bool was_there = std::ranges::any_of(
        before.tables, [&](const Table& table) { return table.schema == change.schema && table.name == change.table; });
    return was_there && column->not_null && !column->default_sql && !column->sequence &&
           column->generated == autogenerate::Generated::none;
  });
}

class RoundTrips {
 public:
  RoundTrips(const ScriptDirectory& scripts, const Environment& environment, const ConnectionTarget& server)
      : scripts_(scripts), database_(scripts, environment, server) {}

  RoundTripReport run(const RevisionRange& range,
                      const std::function<void(const RevisionResult&, const std::string&)>& on_result) {
    RoundTripReport report{.default_schema = database_.default_schema()};
    const auto wanted = wanted_nodes(range);
    for (const auto& step : scripts_.upgrade_revs("heads", {}).steps) {
      if (report.results.size() == wanted.size()) break;
      if (!wanted.contains(step.node)) {
        if (stands_on_failure(step.node)) {
          unreachable_.insert(step.node);
        } else {
          untested_.push_back(step.node);
        }
        continue;
      }
      report.results.push_back(test(step.node));
      on_result(report.results.back(), report.default_schema);
    }
    return report;
  }

 private:
  std::set<alembic::Node> wanted_nodes(const RevisionRange& range) const {
    RevisionIds rows;
    for (const auto& from : range.from) {
      for (const auto& id : scripts_.as_revision_number(from)) rows.push_back(id);
    }
    std::set<alembic::Node> nodes;
    for (const auto& step : scripts_.upgrade_revs(range.to, rows).steps) nodes.insert(step.node);
    return nodes;
  }

  RevisionResult test(alembic::Node node) {
    const auto begin = std::chrono::steady_clock::now();
    RevisionResult result{.node = node};
    if (stands_on_failure(node)) {
      result.outcome = Outcome::not_tested;
      unreachable_.insert(node);
    } else {
      go_round(node, result);
    }
    using std::chrono::milliseconds;
    result.took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
    return result;
  }

  bool stands_on_failure(alembic::Node node) const {
    const Nodes alone = {node};
    return std::ranges::any_of(scripts_.map().ancestors(alone),
                               [&](alembic::Node below) { return unreachable_.contains(below); });
  }

  void go_round(alembic::Node node, RevisionResult& result) {
    const auto& script = scripts_.script(node);
    if (!upgrade_first(node, result)) {
      unreachable_.insert(node);
      spoil();
    } else {
      applied_.push_back(node);
      if (script.irreversible) {
        result.outcome = Outcome::irreversible;
        last_ = after_;
      } else if (come_back(node, result)) {
        if (result.outcome != Outcome::failed) write_and_come_back(node, result);
      } else {
        spoil();
      }
    }
    grade(script, result);
  }

  // What is next begins on a database that this one did not touch.
  void spoil() {
    is_spoilt_ = true;
    last_.reset();
    contents_now_.reset();
  }

  void prepare() {
    if (is_spoilt_) {
      auto all = applied_;
      all.insert(all.end(), untested_.begin(), untested_.end());
      database_.make_anew(all);
    } else {
      database_.upgrade(untested_);
    }
    if (is_spoilt_ || !untested_.empty() || !last_) {
      last_ = database_.inspect();
      contents_now_.reset();
    }
    applied_.insert(applied_.end(), untested_.begin(), untested_.end());
    untested_.clear();
    is_spoilt_ = false;
    before_ = *last_;
  }

  // With as many of the made-up rows as the migration takes: what it rightly asks of the rows that are there, the
  // schema need not say. False when it fails without any.
  bool upgrade_first(alembic::Node node, RevisionResult& result) {
    using Extent = Seeding::Extent;
    Seeding seeding;
    for (const auto extent : {Extent::all, Extent::without_nulls, Extent::without_named, Extent::none}) {
      if (extent != Extent::all && extent != Extent::none && !is_about_values(seeding.refusal)) continue;
      seeding.extent = extent;
      prepare();
      if (!contents_now_) contents_now_ = database_.read(before_);
      contents_before_ = *contents_now_;
      auto empty = fill(extent, seeding.refusal);
      if (extent == Extent::all) result.empty_tables = std::move(empty);
      try {
        contents_now_.reset();
        database_.upgrade(node);
        note_refusal(seeding, result);
        return true;
      } catch (const CommandError& error) {
        if (error.exit_code() != ExitCode::rolled_back) throw;
        result.failure = error.what();
        if (seeding.refusal.empty()) seeding.refusal = error.what();
        spoil();
        if (before_.tables.empty()) break;
      }
    }
    result.outcome = Outcome::failed;
    return false;
  }

  void note_refusal(const Seeding& seeding, RevisionResult& result) {
    after_ = database_.inspect();
    changes_ = differences(before_, after_);
    result.failure.clear();
    if (seeding.refusal.empty()) return;
    // With values everywhere it would have passed if it only asked for some of them.
    const bool fails_with_values = seeding.extent > Seeding::Extent::without_nulls;
    if (fails_with_values && seeding.refusal.find(not_null_violation) != std::string::npos &&
        adds_column_without_value(changes_, before_)) {
      result.outcome = Outcome::failed;
      result.failure = "the upgrade fails on a table that has rows: " + seeding.refusal;
      return;
    }
    result.notes.push_back(fmt::format("the upgrade refuses rows that were made up, so it was tested {}: {}",
                                       how_tested(seeding.extent), seeding.refusal));
  }

  // Rows for every table that has none.
  std::vector<EmptyTable> fill(Seeding::Extent extent, const std::string& refusal) {
    using Extent = Seeding::Extent;
    if (extent == Extent::none) return {};
    std::vector<SeedRequest> requests;
    for (const auto& [name, table] : contents_before_) {
      if (!table.rows.empty()) continue;
      if (extent == Extent::without_named && mentions(refusal, name.name)) continue;
      requests.push_back({name, rows_before});
    }
    auto empty =
        database_.seeder().seed(before_, requests, extent == Extent::all ? SeedRows::all : SeedRows::without_nulls);
    if (!requests.empty()) contents_before_ = database_.read(before_);
    for (const auto& table : before_.tables) {
      const QualifiedName name{table.schema, table.name};
      if (table.kind == TableKind::foreign) empty.push_back({name, "it is a foreign table"});
      const bool has_parts = std::ranges::any_of(before_.tables, [&](const Table& part) {
        return std::ranges::find(part.parents, name) != part.parents.end();
      });
      if (table.kind == TableKind::partitioned && !has_parts) empty.push_back({name, "it has no partition"});
    }
    return empty;
  }

  // Down and up again, on the rows of before. False when something was found, or is no longer as it was.
  bool come_back(alembic::Node node, RevisionResult& result) {
    const auto contents_after = database_.read(after_);
    if (!run(Way::down, node, result)) return false;
    auto came_back = database_.inspect();
    result.after_downgrade = differences(before_, came_back);
    const auto contents_back = database_.read(came_back);
    result.lost = find_losses(contents_before_, contents_back);
    for (const auto& [table, count] : find_surplus(contents_before_, contents_back)) {
      result.notes.push_back(fmt::format("the downgrade leaves {} row{} in {} that {} not there before", count,
                                         count == 1 ? "" : "s", table_name(table, database_.default_schema()),
                                         count == 1 ? "was" : "were"));
    }
    if (!upgrade_again(node, result)) return false;
    last_ = database_.inspect();
    result.after_upgrade_again = differences(after_, *last_);
    contents_last_ = database_.read(*last_);
    compare_upgrades(contents_after, contents_last_, result);
    contents_now_ = contents_last_;
    const bool lost = !result.lost.empty() && !scripts_.script(node).loses;
    return result.after_downgrade.empty() && result.after_upgrade_again.empty() && !lost;
  }

  bool upgrade_again(alembic::Node node, RevisionResult& result) {
    const bool is_symmetric = result.after_downgrade.empty();
    if (run(Way::up, node, result)) return true;
    // Not a fault of its own.
    if (!is_symmetric && result.outcome == Outcome::failed) {
      result.outcome = Outcome::asymmetric;
      result.notes.push_back(std::exchange(result.failure, {}));
    }
    return false;
  }

  // Rows that only the second upgrade took away are lost like others. Other values in the rows are not: a migration may
  // fill in the time, or numbers of a sequence.
  void compare_upgrades(const Contents& first, const Contents& second, RevisionResult& result) {
    for (const auto& loss : find_losses(first, second)) {
      const bool is_known =
          std::ranges::any_of(result.lost, [&](const Loss& known) { return known.table == loss.table; });
      if (is_known || !contents_before_.contains(loss.table)) continue;
      if (loss.column.empty() && second.at(loss.table).rows.size() < first.at(loss.table).rows.size()) {
        result.lost.push_back(loss);
      } else if (const auto& old = contents_before_.at(loss.table).columns;
                 std::ranges::binary_search(old, loss.column)) {
        result.notes.push_back(fmt::format("the second upgrade leaves other values than the first in {}.{}",
                                           table_name(loss.table, database_.default_schema()), loss.column));
      }
    }
    for (const auto& [table, count] : find_surplus(first, second)) {
      result.notes.push_back(fmt::format("the second upgrade leaves {} more row{} in {} than the first", count,
                                         count == 1 ? "" : "s", table_name(table, database_.default_schema())));
    }
  }

  // The same on rows that are written after the upgrade: what of them is there when it is done again.
  void write_and_come_back(alembic::Node node, RevisionResult& result) {
    const auto changed = changed_tables(changes_, after_);
    std::vector<SeedRequest> requests;
    for (const auto& [name, table] : contents_last_) {
      if (changed.contains(name)) {
        requests.push_back({name, rows_since});
      } else if (table.rows.size() < enough_rows) {
        requests.push_back({name, 1});
      }
    }
    if (requests.empty()) return;
    for (auto& empty : database_.seeder().seed(*last_, requests, SeedRows::all, &before_)) {
      const bool is_known =
          std::ranges::any_of(result.empty_tables, [&](const EmptyTable& known) { return known.table == empty.table; });
      if (!is_known) result.empty_tables.push_back(std::move(empty));
    }
    const auto written = database_.read(*last_);
    try {
      database_.downgrade(node);
    } catch (const CommandError& error) {
      if (error.exit_code() != ExitCode::rolled_back) throw;
      result.refused_since = error.what();
      return spoil();
    }
    try {
      database_.upgrade(node);
    } catch (const CommandError& error) {
      if (error.exit_code() != ExitCode::rolled_back) throw;
      result.notes.push_back(
          fmt::format("the upgrade refuses what the downgrade leaves of rows written since: {}", error.what()));
      return spoil();
    }
    contents_now_ = database_.read(*last_);
    result.lost_since = find_losses(written, *contents_now_);
  }

  enum class Way { down, up };

  bool run(Way way, alembic::Node node, RevisionResult& result) {
    try {
      if (way == Way::up) {
        database_.upgrade(node);
      } else {
        const auto& script = scripts_.script(node);
        if (script.check_downgrade) script.check_downgrade();
        database_.downgrade(node);
      }
      return true;
    } catch (const CommandError& error) {
      // What check_downgrade() finds is a fault of the migration, too.
      if (error.exit_code() != ExitCode::rolled_back && error.exit_code() != ExitCode::request) throw;
      result.outcome = Outcome::failed;
      if (!result.failure.empty()) result.failure += "; ";
      result.failure += way == Way::up ? fmt::format("the second upgrade fails: {}", error.what()) : error.what();
      return false;
    }
  }

  void grade(const alembic::Script& script, RevisionResult& result) {
    const bool declares_loss = script.loses.has_value();
    const bool came_back = result.outcome != Outcome::failed && result.outcome != Outcome::irreversible;
    if (!script.irreversible) take_note_of_taken(result);
    if (came_back && declares_loss && result.lost.empty()) {
      result.notes.push_back("it declares a loss, and the rows of the test did not show one");
    }
    const bool is_asymmetric = !result.after_downgrade.empty() || !result.after_upgrade_again.empty();
    const bool lost = !result.lost.empty() && !declares_loss;
    if (result.outcome == Outcome::passed && lost) result.outcome = Outcome::lossy;
    if (is_asymmetric && result.outcome < Outcome::asymmetric) result.outcome = Outcome::asymmetric;
    result.grade = grade_of({.is_irreversible = script.irreversible.has_value(),
                             .failed = result.outcome == Outcome::failed,
                             .is_asymmetric = is_asymmetric,
                             .lost_what_was = lost,
                             .declares_loss = declares_loss,
                             .takes_what_was_written =
                                 !result.taken.empty() || !result.lost_since.empty() || !result.refused_since.empty()});
  }

  // What the catalog says is not said once more as measured.
  void take_note_of_taken(RevisionResult& result) {
    if (result.failure.empty()) result.taken = taken_by_downgrade(changes_, database_.default_schema());
    std::erase_if(result.lost_since, [&](const Loss& loss) {
      return std::ranges::any_of(result.taken, [&](const Taken& taken) {
        return taken.table == loss.table && (taken.column.empty() || taken.column == loss.column);
      });
    });
  }

  const ScriptDirectory& scripts_;
  TrialDatabase database_;
  Nodes applied_;                        // in the database, in their order
  Nodes untested_;                       // to be applied with the next one
  std::set<alembic::Node> unreachable_;  // whose upgrade fails, and what stands on them
  bool is_spoilt_ = false;
  std::optional<CatalogSnapshot> last_;   // as the database is
  std::optional<Contents> contents_now_;  // the same of its rows, where they are known

  // Of the present revision.
  CatalogSnapshot before_;
  CatalogSnapshot after_;
  std::vector<Difference> changes_;
  Contents contents_before_;
  Contents contents_last_;  // after the second upgrade
};

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return "passed";
    case Outcome::irreversible:
      return "irreversible";
    case Outcome::lossy:
      return "lossy";
    case Outcome::asymmetric:
      return "asymmetric";
    case Outcome::failed:
      return "failed";
    case Outcome::not_tested:
      return "not_tested";
  }
  return {};
}

RoundTripReport run_round_trips(
    const ScriptDirectory& scripts, const Environment& environment, const ConnectionTarget& server,
    const RevisionRange& range,
    const std::function<void(const RevisionResult&, const std::string& default_schema)>& on_result) {
  try {
    return RoundTrips(scripts, environment, server).run(range, on_result);
  } catch (const DatabaseError& error) {
    throw CommandError(fmt::format("The scratch database can't be looked at: {}", error.explanation()));
  } catch (const ConnectionLost& error) {
    throw CommandError(fmt::format("The connection to the scratch database was lost: {}", error.what()),
                       ExitCode::unreachable);
  }
}

ExitCode exit_code_of(const RoundTripReport& report) {
  const auto ends = [&](Outcome outcome) {
    return std::ranges::any_of(report.results, [&](const RevisionResult& result) { return result.outcome == outcome; });
  };
  if (ends(Outcome::failed)) return ExitCode::rolled_back;
  return ends(Outcome::asymmetric) || ends(Outcome::lossy) ? ExitCode::found : ExitCode::done;
}

}  // namespace support::alembic::safety
