// The commands that write migrations: revision, merge.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "app/alembic/autogenerate/default_schema.hpp"
#include "app/alembic/autogenerate/render.hpp"
#include "app/alembic/command/at_head.hpp"
#include "app/alembic/command/command.hpp"
#include "app/alembic/command/comparison.hpp"
#include "app/alembic/command/json_report.hpp"
#include "app/alembic/script/new_file.hpp"
#include "app/alembic/script/slug.hpp"
#include "app/config/logging.hpp"

namespace support::alembic::command {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t longest_revision_id = 32;  // alembic_version.version_num
constexpr auto custom_template = "script.sql.in";

// Where a new file goes.
struct Place {
  std::string folder;
  ScriptKind kind = ScriptKind::sql;
  bool is_builtin = false;
};

bool is_name_character(char c) {
  return (static_cast<unsigned char>(c) & 0x80U) != 0 || std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         c == '.';
}

// What identifiers of revisions mean by themselves.
bool is_reserved(const std::string& name) {
  return name == "head" || name == "heads" || name == "base" || name == "current";
}

void check_rev_id(const std::string& id) {
  if (is_reserved(id)) {
    throw CommandError(fmt::format("'{}' means something else; give the revision another identifier", id));
  }
  std::vector<std::string> illegal;
  for (const char c : {'@', '-', '+', ':'}) {
    if (id.find(c) != std::string::npos) illegal.emplace_back(1, c);
  }
  if (!illegal.empty()) {
    throw CommandError(
        fmt::format("Character(s) '{}' not allowed in revision identifier '{}'", comma_separated(illegal), id));
  }
  if (id.size() > longest_revision_id) {
    throw CommandError(
        fmt::format("Revision identifier '{}' is longer than the {} characters that the version table holds", id,
                    longest_revision_id));
  }
  if (!std::ranges::all_of(id, is_name_character) || id.starts_with('.')) {
    throw CommandError(
        fmt::format("Revision identifier '{}' can't be part of a file's name; use letters, digits, dots and "
                    "underscores, and begin with no dot",
                    id));
  }
}

void check_branch_label(const std::string& label) {
  if (is_reserved(label)) {
    throw CommandError(fmt::format("'{}' means something else; give the branch another label", label));
  }
  const auto is_allowed = [](char c) { return is_name_character(c) || c == '-'; };
  if (std::ranges::all_of(label, is_allowed)) return;
  throw CommandError(
      fmt::format("Branch label '{}' can't be written; use letters, digits, dots, dashes and underscores", label));
}

Place place_of(const Context& context, const ScriptLocation& location) {
  if (location.kind == ScriptLocation::Kind::folder) return {.folder = location.folder};
  if (!context.sources) {
    throw CommandError(
        "The sources of this program are not here, so it can't be given a migration; run the command in "
        "them, or name a folder of SQL migrations with --script-location");
  }
  return {.folder = context.sources->versions(), .kind = ScriptKind::cpp, .is_builtin = true};
}

std::string folder_of(const Context& context, const Script& script) {
  const fs::path path(script.path);
  if (path.is_absolute() || !context.sources) return path.parent_path().string();
  return fs::path(context.sources->absolute(script.path)).parent_path().string();
}

Place choose_place(const Context& context, const NewRevisionOptions& options, const Nodes& parents) {
  const auto& locations = context.scripts.locations();
  auto wanted = options.version_path;
  if (wanted.empty()) {
    if (locations.size() == 1) return place_of(context, locations.front());
    if (parents.empty()) throw CommandError("Multiple version locations present, please specify --version-path");
    wanted = folder_of(context, context.scripts.script(parents.front()));
  }
  const auto normal = (fs::absolute(wanted) / "").lexically_normal();
  for (const auto& location : locations) {
    if (location.given == wanted) return place_of(context, location);
    const bool has_folder = location.kind == ScriptLocation::Kind::folder || context.sources;
    if (!has_folder) continue;
    auto place = place_of(context, location);
    if ((fs::path(place.folder) / "").lexically_normal() == normal) return place;
  }
  throw CommandError(fmt::format("Path {} is not represented in current version locations", wanted));
}

void choose_kind(Place& place, const NewRevisionOptions& options) {
  if (!options.template_) return;
  if (*options.template_ == ScriptKind::cpp && !place.is_builtin) {
    throw CommandError(
        fmt::format("C++ migrations are compiled into this program and can't stand in {}; leave out "
                    "--template cpp, or --script-location",
                    place.folder));
  }
  place.kind = *options.template_;
}

void refuse_old_program(const Context& context) {
  if (!context.sources) return;
  const auto stale = find_stale_migrations(*context.sources);
  if (stale.missing.empty()) return;
  throw CommandError(fmt::format("{}; until then a new revision would not know what to follow",
                                 rebuild_sentence({.missing = stale.missing})));
}

struct Template {
  std::string text;
  std::string name;
};

// The location's own, where it has one.
Template template_of(const Place& place) {
  const auto own = fs::path(place.folder).parent_path() / custom_template;
  std::error_code ignored;
  if (place.kind == ScriptKind::sql && !place.is_builtin && fs::is_regular_file(own, ignored)) {
    std::ifstream file(own, std::ios::binary);
    return {std::string(std::istreambuf_iterator<char>(file), {}), own.string()};
  }
  return {std::string(template_text(place.kind)), "the new migration"};
}

std::string new_rev_id(const ScriptDirectory& scripts) {
  while (true) {
    auto id = random_revision_id();
    if (!scripts.has(id)) return id;
  }
}

void report(Context& context, const NewScript& script, const std::string& path) {
  if (context.format == OutputFormat::text) return;
  namespace json = boost::json;
  const auto& declared = script.declared;
  print(context, {{"revision", declared.revision},
                  {"down_revision", json::value_from(declared.down_revisions)},
                  {"depends_on", json::value_from(declared.depends_on)},
                  {"branch_labels", json::value_from(declared.branch_labels)},
                  {"doc", script.message},
                  {"create_date", script.create_date},
                  {"path", path}});
}

// Migrations of another project come without its models.
void require_models(const Context& context, const ComparisonRequest& comparison) {
  const auto is_builtin = [](const auto& location) { return location.kind == ScriptLocation::Kind::builtin; };
  const bool has_models =
      context.environment.target_metadata && std::ranges::any_of(context.scripts.locations(), is_builtin);
  if (has_models || comparison.to != ComparisonRequest().to) return;
  throw CommandError(
      "Can't proceed with --autogenerate option; migrations in a folder come without a MetaData object to compare the "
      "database with; name a file with the SQL of what the database should be: --to FILE");
}

// What the comparison finds is logged.
void fill_bodies(NewScript& script, const Context& context, const ComparisonRequest& comparison, ScriptKind kind) {
  const auto found = compare_sides(context, comparison);
  log_differences(found);
  // Names mean the same without the schema that new tables go to.
  const auto upgrade = autogenerate::without_schema(found.plan.upgrade, found.default_schema);
  const auto downgrade = autogenerate::without_schema(found.plan.downgrade, found.default_schema);
  if (kind == ScriptKind::cpp) {
    script.upgrades = autogenerate::render_cpp(upgrade);
    script.downgrades = autogenerate::render_cpp(downgrade);
    return;
  }
  script.upgrades = autogenerate::render_sql(upgrade, found.server);
  script.downgrades = autogenerate::render_sql(downgrade, found.server);
  script.transactional = !autogenerate::needs_autocommit(upgrade) && !autogenerate::needs_autocommit(downgrade);
}

void write(Context& context, const Place& place, const NewScript& script, const std::string& slug_source) {
  const auto from = template_of(place);
  const auto text = render_script(from.text, from.name, script, place.kind);
  const auto path = (fs::path(place.folder) / file_name_of(script, slug_source, place.kind)).string();
  std::error_code ignored;
  if (!fs::is_directory(place.folder, ignored)) {
    make_folder(place.folder);
    say(context, fmt::format("Creating directory {} ...  done", place.folder));
  }
  write_new_file(path, text);
  say(context, fmt::format("Generating {} ...  done", path));
  report(context, script, path);
}

// ScriptDirectory.generate_revision(), with its order of checks; here nothing is written before all of them.
void generate(Context& context, const Target& target, const NewRevisionOptions& options,
              const ComparisonRequest* comparison = nullptr) {
  const auto& scripts = context.scripts;
  const auto& map = scripts.map();
  NewScript script{.message = options.message.value_or("empty message"), .create_date = create_date_now()};
  auto& declared = script.declared;
  declared.revision = options.rev_id.empty() ? new_rev_id(scripts) : options.rev_id;
  check_rev_id(declared.revision);
  const auto parents = scripts.parents_of_new(target);
  auto place = choose_place(context, options, parents);
  choose_kind(place, options);
  if (place.is_builtin) refuse_old_program(context);
  for (const auto parent : parents) {
    if (options.splice || map.is_head(parent)) continue;
    throw CommandError(
        fmt::format("Revision {} is not a head revision; please specify --splice to create a new branch "
                    "from this revision",
                    map.id(parent)));
  }
  declared.down_revisions = map.ids(parents);
  declared.depends_on = scripts.resolve_dependencies(options.depends_on);
  if (!options.branch_label.empty()) {
    check_branch_label(options.branch_label);
    declared.branch_labels = {options.branch_label};
  }
  if (!scripts.has(declared.revision)) {
    scripts.check_new(declared);
  } else if (place.is_builtin) {
    throw CommandError(
        fmt::format("Revision {} is present already; give the new one another --rev-id", declared.revision));
  } else {
    config::log_event(spdlog::level::warn, "alembic.script",
                      fmt::format("Revision {} is present more than once", declared.revision));
  }
  if (comparison) fill_bodies(script, context, *comparison, place.kind);
  write(context, place, script, options.message.value_or(""));
}

}  // namespace

void revision(Context& context, const RevisionOptions& options, const ComparisonRequest& comparison) {
  if (options.autogenerate) {
    if (options.sql) throw CommandError("Using --sql with --autogenerate does not make any sense");
    require_database_at_head(context);
    require_models(context, comparison);
  }
  if (options.sql) {
    throw CommandError(
        "Using --sql with the revision command when revision_environment is not configured does not make any sense");
  }
  generate(context, options.head, options, options.autogenerate ? &comparison : nullptr);
}

void merge(Context& context, const RevisionIds& revisions, const NewRevisionOptions& options) {
  generate(context, revisions, options);
}

}  // namespace support::alembic::command
