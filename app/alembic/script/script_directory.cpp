#include "app/alembic/script/script_directory.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/relative_target.hpp"

namespace support::alembic {

namespace {

std::string as_text(const Target& target) {
  if (const auto* identifier = std::get_if<std::string>(&target)) return *identifier;
  return comma_separated(std::get<RevisionIds>(target));
}

// How a command words the two errors that depend on what was asked for; empty: the general wording.
struct Wording {
  std::string start = {};  // ends of the range, when the error shall name them
  std::string end = {};
  std::string ancestor = {};        // instead of "Requested range …"
  std::string multiple_heads = {};  // instead of "Multiple head revisions …"
};

template <class Ask>
auto with_command_errors(const Wording& wording, Ask ask) {
  try {
    return ask();
  } catch (const RangeNotAncestorError& error) {
    if (!wording.ancestor.empty()) throw CommandError(wording.ancestor);
    throw CommandError(fmt::format(
        "Requested range {}:{} does not refer to ancestor/descendant revisions along the same branch",
        wording.start.empty() ? error.lower() : wording.start, wording.end.empty() ? error.upper() : wording.end));
  } catch (const MultipleHeads& error) {
    if (!wording.multiple_heads.empty()) throw CommandError(wording.multiple_heads);
    const auto& argument = wording.end.empty() ? error.argument() : wording.end;
    throw CommandError(
        fmt::format("Multiple head revisions are present for given argument '{0}'; please specify a specific target "
                    "revision, '<branchname>@{0}' to narrow to a specific head, or 'heads' for all heads",
                    argument));
  } catch (const ResolutionError& error) {
    throw CommandError(fmt::format("Can't locate revision identified by '{}'", error.argument()));
  } catch (const RevisionError& error) {
    throw CommandError(error.what());
  }
}

[[noreturn]] void throw_missing(const MissingRevision& error, const std::vector<Script>& scripts) {
  const auto script = std::ranges::find(
      scripts, error.referenced_from(), [](const Script& other) -> const auto& { return other.declared.revision; });
  const auto& parents = script->declared.down_revisions;
  const bool is_parent = std::ranges::find(parents, error.missing()) != parents.end();
  throw CommandError(fmt::format(
      "{}: {}", place(*script, is_parent ? script->lines.down_revision : script->lines.depends_on), error.what()));
}

RevisionMap make_map(const std::vector<Script>& scripts) {
  std::vector<Revision> revisions;
  revisions.reserve(scripts.size());
  for (const auto& script : scripts) revisions.push_back(script.declared);
  return with_command_errors({}, [&] {
    try {
      return RevisionMap(std::move(revisions));
    } catch (const MissingRevision& error) {
      throw_missing(error, scripts);
    }
  });
}

void check_before_running(const Script& script, MigrationStep::Kind kind) {
  if (kind == MigrationStep::Kind::downgrade && script.irreversible) {
    throw CommandError(fmt::format("{}: Revision {} can't be downgraded, it is irreversible: {}",
                                   place(script, script.lines.revision), script.declared.revision,
                                   *script.irreversible));
  }
  if (script.check) script.check();
  if (kind == MigrationStep::Kind::downgrade && script.check_downgrade) script.check_downgrade();
}

}  // namespace

ScriptDirectory::ScriptDirectory(std::vector<Script> scripts, std::vector<ScriptLocation> locations,
                                 std::vector<std::string> warnings)
    : map_(make_map(scripts)), scripts_(map_.size()), locations_(std::move(locations)), warnings_(std::move(warnings)) {
  // An id that occurs twice means its last script, in its first place.
  for (auto& script : scripts) {
    auto& kept = scripts_[map_.node_of(script.declared.revision)];
    if (!kept.declared.revision.empty()) {
      warnings_.push_back(fmt::format("Revision {} is present more than once, in {} and in {}; the last one counts",
                                      script.declared.revision, place(kept, kept.lines.revision),
                                      place(script, script.lines.revision)));
    }
    kept = std::move(script);
  }
}

Plan ScriptDirectory::steps_of(const Nodes& nodes, MigrationStep::Kind kind) const {
  Plan plan;
  for (const auto node : nodes) {
    check_before_running(scripts_[node], kind);
    plan.steps.push_back(MigrationStep::of_script(map_, node, kind, std::string(scripts_[node].doc())));
  }
  return plan;
}

Plan ScriptDirectory::upgrade_revs(const std::string& destination, const RevisionIds& current) const {
  const Wording wording{
      .end = destination,
      .ancestor = fmt::format("Destination {} is not a valid upgrade target from current head(s)", destination)};
  return with_command_errors(wording, [&] {
    auto nodes = map_.iterate(destination, current, {.implicit_base = true});
    std::ranges::reverse(nodes);
    return steps_of(nodes, MigrationStep::Kind::upgrade);
  });
}

Plan ScriptDirectory::downgrade_revs(const std::string& destination, const RevisionIds& current) const {
  const Wording wording{
      .end = destination,
      .ancestor = fmt::format("Destination {} is not a valid downgrade target from current head(s)", destination)};
  return with_command_errors(wording, [&] {
    auto plan = steps_of(map_.iterate(current, destination, {.for_downgrade = true}), MigrationStep::Kind::downgrade);
    const auto relative = parse_relative(destination);
    if (relative && relative->steps < 0 && !relative->symbol && !relative->branch_label && current.size() > 1) {
      plan.warnings.emplace_back(
          "downgrade -1 from multiple heads is ambiguous; this usage will be disallowed in a future release.");
    }
    return plan;
  });
}

Plan ScriptDirectory::stamp_revs(const RevisionIds& destinations, const RevisionIds& current) const {
  const Wording wording{.multiple_heads = "Multiple heads are present; please specify a single target revision"};
  return with_command_errors(wording, [&] {
    Plan plan;
    const auto rows = map_.get_revisions(Target(current));
    const auto targets = destinations.empty() ? RevisionIds{"base"} : destinations;
    for (const auto& target : targets) stamp_one(target, rows, plan);
    try {
      map_.ancestors_of_distinct(map_.get_revisions(Target(targets)));
    } catch (const RevisionError& error) {
      // Alembic writes such rows, and then can't read them.
      plan.warnings.push_back(
          fmt::format("{}: no upgrade can start from these rows; stamp one revision of a line only", error.what()));
    }
    return plan;
  });
}

void ScriptDirectory::stamp_one(const std::string& destination, const Nodes& current, Plan& plan) const {
  const auto add = [&](RevisionIds from, RevisionIds to, bool is_upgrade, bool branch_move) {
    MigrationStep step{.kind = MigrationStep::Kind::stamp, .is_upgrade = is_upgrade, .branch_move = branch_move};
    step.from = std::move(from);
    step.to = std::move(to);
    const bool known = std::ranges::any_of(
        plan.steps, [&](const MigrationStep& other) { return other.from == step.from && other.to == step.to; });
    if (!known) plan.steps.push_back(std::move(step));
  };
  const auto concerned = map_.filter_for_lineage(current, destination, Dependencies::follow);
  const auto nodes = map_.get_revisions(destination);
  if (nodes.empty()) {
    for (const auto row : concerned) add({map_.id(row)}, {}, false, true);
  }
  for (const auto node : nodes) {
    if (std::ranges::find(current, node) != current.end()) continue;
    const auto select = [&](const Nodes& line) {
      RevisionIds rows;
      for (const auto row : current) {
        if (std::ranges::find(line, row) != line.end()) rows.push_back(map_.id(row));
      }
      return rows;
    };
    const auto above = select(map_.descendants(std::span(&node, 1)));
    const auto below = select(map_.ancestors(std::span(&node, 1)));
    if (!above.empty() && !below.empty()) {
      throw RevisionError(fmt::format("Requested revision {} overlaps with other requested revisions {}", above.front(),
                                      comma_separated(below)));
    }
    if (!above.empty()) {
      add(above, {map_.id(node)}, false, false);
    } else {
      add(below, {map_.id(node)}, true, below.empty());
    }
  }
}

Nodes ScriptDirectory::parents_of_new(const Target& target) const {
  const Wording wording{.multiple_heads =
                            "Multiple heads are present; please specify the head revision on which the new "
                            "revision should be based, or perform a merge."};
  auto nodes = with_command_errors(wording, [&] { return map_.get_revisions(target); });
  auto sorted = nodes;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) throw CommandError("Duplicate head revisions specified");
  return nodes;
}

std::vector<std::string> ScriptDirectory::resolve_dependencies(const std::vector<std::string>& dependencies) const {
  std::vector<std::string> resolved;
  for (const auto& dependency : dependencies) {
    const auto node = get_revision(dependency);
    if (!node) throw CommandError(fmt::format("A revision can't depend on '{}', which stands for none", dependency));
    const auto& labels = map_.branch_labels(*node);
    const bool is_label = std::ranges::find(labels, dependency) != labels.end();
    resolved.push_back(is_label ? dependency : map_.id(*node));
  }
  return resolved;
}

void ScriptDirectory::check_new(const Revision& declared) const {
  std::vector<Revision> revisions;
  for (Node node = 0; node < map_.size(); ++node) revisions.push_back(map_.revision(node));
  revisions.push_back(declared);
  with_command_errors({}, [&] { RevisionMap(std::move(revisions)); });
}

std::optional<Node> ScriptDirectory::get_revision(std::string_view identifier) const {
  return with_command_errors({}, [&] { return map_.get_revision(identifier); });
}

Nodes ScriptDirectory::get_revisions(const Target& target) const {
  return with_command_errors({}, [&] { return map_.get_revisions(target); });
}

Nodes ScriptDirectory::walk_revisions(const Target& base, const Target& head) const {
  const Wording wording{.start = as_text(base), .end = as_text(head)};
  return with_command_errors(
      wording, [&] { return map_.iterate(head, base, {.inclusive = true, .assert_relative_length = false}); });
}

Nodes ScriptDirectory::get_all_current(const RevisionIds& rows) const {
  return with_command_errors({}, [&] { return map_.all_current(rows); });
}

std::optional<std::string> ScriptDirectory::get_current_head() const {
  const Wording wording{.multiple_heads =
                            "The script directory has multiple heads (due to branching).Please use get_heads(), or "
                            "merge the branches using alembic merge."};
  return with_command_errors(wording, [&]() -> std::optional<std::string> {
    const auto head = map_.get_current_head();
    return head ? std::optional(map_.id(*head)) : std::nullopt;
  });
}

std::optional<std::string> ScriptDirectory::get_base() const {
  const auto& bases = map_.bases();
  if (bases.size() > 1) throw CommandError("The script directory has multiple bases. Please use get_bases().");
  return bases.empty() ? std::nullopt : std::optional(map_.id(bases.front()));
}

RevisionIds ScriptDirectory::as_revision_number(std::string_view identifier) const {
  if (identifier == "heads") return map_.ids(map_.real_heads());
  const auto node = get_revision(identifier);
  return node ? RevisionIds{map_.id(*node)} : RevisionIds{};
}

}  // namespace support::alembic
