#include "app/alembic/command/comparison.hpp"

#include <set>

#include <fmt/format.h>

#include "app/alembic/autogenerate/catalog_reader.hpp"
#include "app/alembic/autogenerate/model_types.hpp"
#include "app/alembic/autogenerate/renamed_snapshot.hpp"
#include "app/alembic/autogenerate/unmet_needs.hpp"
#include "app/alembic/command/side_reader.hpp"
#include "app/alembic/runtime/server_features.hpp"
#include "app/config/logging.hpp"

namespace support::alembic::command {
namespace {

using autogenerate::CatalogSnapshot;
using autogenerate::LikelyRename;
using autogenerate::Rename;

autogenerate::InspectOptions inspect_options(const Context& context) {
  using Options = autogenerate::InspectOptions;
  return {.version_table = context.environment.version_table,
          .version_table_schema = context.environment.version_table_schema,
          // Also where they are not compared: what has to be made again keeps its rights.
          .access = Options::AccessRights::read,
          .dependencies = Options::Dependencies::read};
}

std::vector<autogenerate::RenameRequest> rename_requests(const ComparisonRequest& request) {
  std::vector<autogenerate::RenameRequest> requests;
  for (const auto& text : request.renames) requests.push_back(autogenerate::parse_rename(text));
  return requests;
}

// Two sides at work: what is there changes its names until nobody knows of another rename.
class Comparing {
 public:
  Comparing(const Context& context, const ComparisonRequest& request, Side from, Side to)
      : request_(request),
        models_(from.kind == Side::Kind::metadata || to.kind == Side::Kind::metadata
                    ? context.environment.target_metadata
                    : nullptr),
        requests_(rename_requests(request)),
        from_(std::move(from)),
        to_(std::move(to)),
        inspect_(inspect_options(context)),
        reader_(context, from_, to_, request, inspect_) {}

  ComparisonResult run() {
    original_ = before_ = reader_.read_from();
    after_ = reader_.read_to(original_);
    require_schemas();
    run_reporting(from_.name(), [&] {
      result_.default_schema = autogenerate::current_schema(reader_.server());
      result_.server = server_features(reader_.server());
    });
    result_.from = from_.name();
    result_.to = to_.name();
    result_.renames = autogenerate::resolve_renames(requests_, before_, after_, result_.default_schema);
    if (!result_.renames.empty()) rename();
    compare();
    while (confirm_renames()) compare();
    finish();
    return std::move(result_);
  }

 private:
  // A name that is misspelled would leave nothing to be looked at, and nothing to be found.
  void require_schemas() const {
    std::set<std::string> known;
    for (const auto* side : {&before_, &after_}) {
      for (const auto& schema : side->schemas) known.insert(schema.name);
    }
    for (const auto& name : request_.options.schemas) {
      if (known.contains(name)) continue;
      throw CommandError(fmt::format("--schema {}: neither {} nor {} has a schema of that name; they have {}", name,
                                     from_.name(), to_.name(), fmt::join(known, ", ")));
    }
  }

  void rename() {
    run_reporting("The renames", [&] {
      before_ = autogenerate::renamed_snapshot(reader_.scratch(), original_, result_.renames, inspect_);
    });
  }

  void compare() {
    const bool is_from_models = from_.kind == Side::Kind::metadata;
    const auto* models = is_from_models ? &before_ : to_.kind == Side::Kind::metadata ? &after_ : nullptr;
    options_ = autogenerate::compare_options(request_.options, before_, after_, models, result_.default_schema);
    result_.differences = autogenerate::compare(before_, after_, options_);
    result_.likely_renames = autogenerate::likely_renames(result_.differences, before_, after_);
  }

  // Whether there are more renames than before. What was denied is not asked again, and not spoken of any more.
  bool confirm_renames() {
    if (!request_.confirm) return false;
    bool has_more = false;
    std::vector<Rename> confirmed_tables;
    std::vector<Rename> confirmed_columns;
    for (const auto& [rename, reason] : result_.likely_renames) {
      if (std::ranges::find(denied_, rename) != denied_.end()) continue;
      const auto what = rename.is_column() ? "column" : "table";
      const auto names = autogenerate::rename_text(rename, result_.default_schema);
      if (!request_.confirm(fmt::format("Has the {} only a new name, {} ({})?", what, names, reason))) {
        denied_.push_back(rename);
        continue;
      }
      has_more = true;
      (rename.is_column() ? confirmed_columns : confirmed_tables).push_back(rename);
    }
    if (!has_more) {
      std::erase_if(result_.likely_renames, [&](const LikelyRename& likely) {
        return std::ranges::find(denied_, likely.rename) != denied_.end();
      });
      return false;
    }
    // A column is found in a table of its new name, so its turn comes behind those of tables anyway.
    auto& renames = result_.renames;
    renames.insert(renames.end(), confirmed_tables.begin(), confirmed_tables.end());
    renames.insert(renames.end(), confirmed_columns.begin(), confirmed_columns.end());
    rename();
    return true;
  }

  void finish() {
    result_.plan = autogenerate::plan(before_, after_, options_);
    autogenerate::note_likely_renames(result_.plan, result_.likely_renames, result_.default_schema);
    result_.plan = autogenerate::with_renames(std::move(result_.plan), result_.renames);
    take_types_of_models();
    for (const auto& sentence :
         autogenerate::unmet_needs(before_, after_, result_.differences, options_, result_.default_schema)) {
      config::log_event(spdlog::level::warn, "alembic.autogenerate.compare", sentence);
    }
    constexpr int major = 10000;
    if (before_.server_version / major != after_.server_version / major && !result_.differences.empty()) {
      config::log_event(spdlog::level::warn, "alembic.autogenerate.compare",
                        fmt::format("PostgreSQL {} and {} may spell the same thing differently; where the two sides "
                                    "are not both databases, --dev-url of the same version avoids it",
                                    before_.server_version / major, after_.server_version / major));
    }
  }

  void take_types_of_models() {
    if (models_ == nullptr) return;
    auto& steps = to_.kind == Side::Kind::metadata ? result_.plan.upgrade : result_.plan.downgrade;
    steps = autogenerate::with_model_types(std::move(steps), *models_, result_.default_schema);
  }

  const ComparisonRequest& request_;
  const schema::MetaData* models_;  // null when neither side is models
  std::vector<autogenerate::RenameRequest> requests_;
  Side from_;
  Side to_;
  autogenerate::InspectOptions inspect_;
  SideReader reader_;
  CatalogSnapshot original_;
  CatalogSnapshot before_;  // with the renames
  CatalogSnapshot after_;
  autogenerate::CompareOptions options_;
  std::vector<Rename> denied_;
  ComparisonResult result_;
};

std::string description(const Rename& rename, std::string_view default_schema) {
  return fmt::format("Detected renamed {} '{}'", rename.is_column() ? "column" : "table",
                     autogenerate::rename_text(rename, default_schema));
}

}  // namespace

bool needs_database(const ComparisonRequest& request) {
  const auto from = parse_side(request.from, "--from");
  const auto to = parse_side(request.to, "--to");
  if (from.is_default_database() || to.is_default_database()) return true;
  return request.dev_url.empty() && !from.url && !to.url;
}

ComparisonResult compare_sides(const Context& context, const ComparisonRequest& request) {
  auto from = parse_side(request.from, "--from");
  auto to = parse_side(request.to, "--to");
  if (from.is_standard_input() && to.is_standard_input()) {
    throw CommandError("Only one side can be standard input; give the other one as a file");
  }
  return compare_sides(context, request, std::move(from), std::move(to));
}

ComparisonResult compare_sides(const Context& context, const ComparisonRequest& request, Side from, Side to) {
  return Comparing(context, request, std::move(from), std::move(to)).run();
}

std::vector<std::string> descriptions(const ComparisonResult& result) {
  std::vector<std::string> lines;
  for (const auto& rename : result.renames) lines.push_back(description(rename, result.default_schema));
  for (const auto& difference : result.differences) {
    lines.push_back(autogenerate::description(difference, result.default_schema));
  }
  return lines;
}

void log_differences(const ComparisonResult& result) {
  constexpr auto logger = "alembic.autogenerate.compare";
  for (const auto& line : descriptions(result)) config::log_event(spdlog::level::info, logger, line);
  for (const auto& [rename, reason] : result.likely_renames) {
    const auto text = autogenerate::rename_text(rename, result.default_schema);
    config::log_event(
        spdlog::level::warn, logger,
        fmt::format("{} may only have a new name, {} ({}); --rename {} says so, and what it holds is kept", rename.name,
                    rename.new_name, reason, text));
  }
}

}  // namespace support::alembic::command
