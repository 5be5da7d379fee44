#include "app/alembic/safety/roundtrip/report.hpp"

#include <algorithm>
#include <map>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include "app/alembic/autogenerate/difference_json.hpp"

namespace support::alembic::safety {
namespace {

namespace json = boost::json;

using autogenerate::Difference;

constexpr double milliseconds_in_a_second = 1000.0;

double seconds(const RevisionResult& result) {
  return static_cast<double>(result.took.count()) / milliseconds_in_a_second;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

class TextWriter {
 public:
  TextWriter(const std::string& default_schema, std::ostream& out) : default_schema_(default_schema), out_(out) {}

  void line(std::string_view text) { fmt::print(out_, "    {}\n", text); }

  void differences(std::string_view sentence, const std::vector<Difference>& list) {
    if (list.empty()) return;
    line(sentence);
    for (const auto& difference : list) {
      fmt::print(out_, "      {}\n", autogenerate::description(difference, default_schema_));
    }
  }

  void losses(std::string_view sentence, const std::vector<Loss>& list) {
    if (list.empty()) return;
    std::vector<std::string> texts;
    for (const auto& loss : list) texts.push_back(loss_text(loss, default_schema_));
    line(fmt::format("{}: {}", sentence, fmt::join(texts, ", ")));
  }

 private:
  const std::string& default_schema_;
  std::ostream& out_;
};

json::array losses_json(const std::vector<Loss>& losses) {
  json::array list;
  for (const auto& [table, column, count, of] : losses) {
    list.push_back(json::object{{"schema", table.schema},
                                {"table", table.name},
                                {"column", column.empty() ? json::value(nullptr) : json::value(column)},
                                {"count", count},
                                {"of", of}});
  }
  return list;
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object result_json(const RevisionResult& result, const ScriptDirectory& scripts,
                         const std::string& default_schema) {
  const auto& map = scripts.map();
  const auto& script = scripts.script(result.node);
  json::array taken;
  for (const auto& what : result.taken) taken.push_back(json::value("the downgrade " + what.text));
  json::array empty;
  for (const auto& [table, why] : result.empty_tables) {
    empty.push_back(json::object{{"schema", table.schema}, {"table", table.name}, {"why", why}});
  }
  return {{"revision", map.id(result.node)},
          {"down_revision", json::value_from(map.ids(map.down(result.node)))},
          {"message", script.doc()},
          {"path", script.path},
          {"grade", result.grade ? json::value(grade_name(*result.grade)) : json::value(nullptr)},
          {"outcome", outcome_name(result.outcome)},
          {"seconds", seconds(result)},
          {"irreversible", script.irreversible ? json::value(*script.irreversible) : json::value(nullptr)},
          {"loses", script.loses ? json::value(*script.loses) : json::value(nullptr)},
          {"failure", text_or_null(result.failure)},
          {"after_downgrade", autogenerate::to_json(result.after_downgrade, default_schema)},
          {"after_upgrade_again", autogenerate::to_json(result.after_upgrade_again, default_schema)},
          {"lost", losses_json(result.lost)},
          {"taken", std::move(taken)},
          {"lost_since", losses_json(result.lost_since)},
          {"refused_since", text_or_null(result.refused_since)},
          {"notes", json::value_from(result.notes)},
          {"empty_tables", std::move(empty)}};
}

std::string grades_text(const RoundTripReport& report) {
  std::vector<std::string> parts;
  for (const auto grade : {Grade::green, Grade::yellow, Grade::red}) {
    const auto count = std::ranges::count(report.results, std::optional(grade), &RevisionResult::grade);
    parts.push_back(fmt::format("{} {}", count, grade_name(grade)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string outcomes_text(const RoundTripReport& report) {
  std::vector<std::string> parts;
  for (const auto outcome :
       {Outcome::irreversible, Outcome::lossy, Outcome::asymmetric, Outcome::failed, Outcome::not_tested}) {
    const auto count = std::ranges::count(report.results, outcome, &RevisionResult::outcome);
    const auto word = outcome == Outcome::not_tested ? std::string_view("not tested") : outcome_name(outcome);
    if (count > 0) parts.push_back(fmt::format("{} {}", count, word));
  }
  return parts.empty() ? "every one came back" : fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

void write_result(const RevisionResult& result, const ScriptDirectory& scripts, const std::string& default_schema,
                  std::ostream& out) {
  const auto& script = scripts.script(result.node);
  const auto doc = std::string(script.doc());
  fmt::print(out, "{:<6}  {}  {}  ({:.2f} s)\n", result.grade ? grade_name(*result.grade) : "-",
             scripts.map().id(result.node), doc.substr(0, doc.find('\n')), seconds(result));
  TextWriter writer(default_schema, out);
  if (result.outcome == Outcome::not_tested) writer.line("not tested: a revision that it stands on can't be applied");
  if (script.irreversible) writer.line(fmt::format("irreversible: {}", *script.irreversible));
  if (!result.failure.empty()) writer.line(fmt::format("failed: {}", result.failure));
  writer.differences("asymmetric: after the downgrade the schema is not what it was:", result.after_downgrade);
  writer.differences("asymmetric: after the second upgrade the schema is not what the first one made:",
                     result.after_upgrade_again);
  if (script.loses) writer.line(fmt::format("declares a loss: {}", *script.loses));
  writer.losses(script.loses ? "lost, as declared" : "lossy: what was there before did not come back", result.lost);
  for (const auto& taken : result.taken) writer.line(fmt::format("the downgrade {}", taken.text));
  writer.losses("the downgrade loses of what was written since", result.lost_since);
  if (!result.refused_since.empty()) {
    writer.line(fmt::format("the downgrade refuses rows written since: {}", result.refused_since));
  }
  for (const auto& note : result.notes) writer.line(fmt::format("note: {}", note));
}

void write_summary(const RoundTripReport& report, std::ostream& out) {
  // Each table once, with the last reason.
  std::map<std::string, std::string> empty;
  for (const auto& result : report.results) {
    for (const auto& [table, why] : result.empty_tables) empty[table_name(table, report.default_schema)] = why;
  }
  for (const auto& [table, why] : empty) fmt::print(out, "no rows were made up for {}: {}\n", table, why);
  fmt::print(out, "{}: {}; {}\n", counted(report.results.size(), "revision"), grades_text(report),
             outcomes_text(report));
}

void write_json(const RoundTripReport& report, const ScriptDirectory& scripts, std::ostream& out) {
  json::array list;
  for (const auto& result : report.results) list.push_back(result_json(result, scripts, report.default_schema));
  out << json::serialize(list) << '\n';
}

}  // namespace support::alembic::safety
