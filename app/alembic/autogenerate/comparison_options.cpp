#include "app/alembic/autogenerate/comparison_options.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr std::array all_kinds = {ObjectKind::schema,     ObjectKind::extension,      ObjectKind::enum_type,
                                  ObjectKind::domain,     ObjectKind::composite_type, ObjectKind::range_type,
                                  ObjectKind::sequence,   ObjectKind::table,          ObjectKind::column,
                                  ObjectKind::constraint, ObjectKind::index,          ObjectKind::view,
                                  ObjectKind::routine,    ObjectKind::trigger,        ObjectKind::policy,
                                  ObjectKind::rule,       ObjectKind::statistics};

std::string word_of(ObjectKind kind) {
  std::string word(to_string(kind));
  std::ranges::replace(word, ' ', '_');
  return word;
}

// One object's name in all its spellings.
std::vector<std::string> spellings(const ObjectName& object) {
  std::vector<std::string> names = {object.name};
  if (!object.table.empty()) names.push_back(object.table + '.' + object.name);
  if (!object.schema.empty()) names.push_back(object.schema + '.' + names.back());
  return names;
}

// Which objects the patterns leave in, those of a schema and of a table with it.
class NameFilter {
 public:
  NameFilter(const ComparisonOptions& options, const CatalogSnapshot& before, const CatalogSnapshot& after)
      : include_(options.include_names),
        exclude_(options.exclude_names),
        keeps_tool_schema_(options.schemas.contains(std::string(tool_schema))) {
    for (const auto* snapshot : {&before, &after}) {
      for (const auto& view : snapshot->views) views_.insert({view.schema, view.name});
    }
  }

  bool operator()(const ObjectName& object) const {
    if (!keeps_tool_schema_ && (object.kind == ObjectKind::schema ? object.name : object.schema) == tool_schema) {
      return false;
    }
    if (include_.empty() && exclude_.empty()) return true;
    if (!passes(object)) return false;
    if (object.schema.empty()) return true;
    if (!object.table.empty()) {
      const bool is_view = views_.contains({object.schema, object.table});
      if (!passes({is_view ? ObjectKind::view : ObjectKind::table, object.schema, "", object.table})) return false;
    }
    return passes({ObjectKind::schema, "", "", object.schema});
  }

 private:
  static bool stands_by_itself(const ObjectName& object) {
    return object.table.empty() && object.kind != ObjectKind::schema;
  }

  bool passes(const ObjectName& object) const {
    const auto names = spellings(object);
    const auto fits = [&](const NamePattern& pattern) {
      return std::ranges::any_of(names, [&](const auto& name) { return matches_glob(pattern.glob, name); });
    };
    bool is_asked_for = true;
    for (const auto& pattern : include_) {
      const bool applies = pattern.kind ? *pattern.kind == object.kind : stands_by_itself(object);
      if (!applies) continue;
      is_asked_for = fits(pattern);
      if (is_asked_for) break;
    }
    return is_asked_for && std::ranges::none_of(exclude_, [&](const NamePattern& pattern) {
             return (!pattern.kind || *pattern.kind == object.kind) && fits(pattern);
           });
  }

  std::vector<NamePattern> include_;
  std::vector<NamePattern> exclude_;
  bool keeps_tool_schema_;
  std::set<QualifiedName> views_;
};

std::set<std::string> schemas_of(const CatalogSnapshot& models, const std::string& default_schema) {
  std::set<std::string> schemas = {default_schema};
  for (const auto& table : models.tables) schemas.insert(table.schema);
  for (const auto& type : models.enums) schemas.insert(type.schema);
  return schemas;
}

}  // namespace

const std::vector<std::string>& object_kind_words() {
  static const auto words = [] {
    std::vector<std::string> list;
    for (const auto kind : all_kinds) list.push_back(word_of(kind));
    return list;
  }();
  return words;
}

ObjectKind parse_object_kind(std::string_view word) {
  std::string wanted(word);
  for (auto& c : wanted) {
    if (c == '-' || c == ' ') c = '_';
  }
  for (const auto kind : all_kinds) {
    const auto name = word_of(kind);
    if (name == wanted || name == wanted + "_type") return kind;
  }
  throw CommandError(
      fmt::format("There is no kind of object '{}'; there are {}", word, fmt::join(object_kind_words(), ", ")));
}

NamePattern parse_name_pattern(std::string_view text) {
  NamePattern pattern{.glob = std::string(text)};
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    pattern.kind = parse_object_kind(text.substr(0, colon));
    pattern.glob = text.substr(colon + 1);
  }
  if (pattern.glob.empty()) {
    throw CommandError(fmt::format("'{}' is no pattern of names; write one such as tmp_* or table:tmp_*", text));
  }
  return pattern;
}

// With a step back to the last * when what follows it does not fit: no recursion, at most quadratic. A ? is a whole
// character of UTF-8.
bool matches_glob(std::string_view glob, std::string_view text) {
  const auto is_continuation = [&](std::size_t place) {
    return place < text.size() && (static_cast<unsigned char>(text[place]) & 0xC0U) == 0x80U;
  };
  std::size_t at = 0;
  std::size_t in_text = 0;
  auto star = std::string_view::npos;
  std::size_t star_in_text = 0;
  while (in_text < text.size()) {
    if (at < glob.size() && glob[at] == '*') {
      star = at++;
      star_in_text = in_text;
    } else if (at < glob.size() && (glob[at] == '?' || glob[at] == text[in_text])) {
      ++in_text;
      while (glob[at] == '?' && is_continuation(in_text)) ++in_text;
      ++at;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in_text = ++star_in_text;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', at) == std::string_view::npos;
}

CompareOptions compare_options(const ComparisonOptions& options, const CatalogSnapshot& before,
                               const CatalogSnapshot& after, const CatalogSnapshot* models,
                               const std::string& default_schema) {
  auto result = models != nullptr ? CompareOptions::for_models() : CompareOptions{};
  result.compare_type = options.compare_type;
  result.compare_server_default = options.compare_server_default;
  result.compare_comments = options.compare_comments;
  result.compare_access = options.compare_access;
  result.compare_column_order = options.compare_column_order;
  if (options.compare_storage) result.compare_storage = *options.compare_storage;
  result.ignored_kinds.insert(options.ignored_kinds.begin(), options.ignored_kinds.end());
  if (!options.schemas.empty()) {
    result.include_schemas = options.schemas;
  } else if (models != nullptr && !options.include_schemas) {
    result.include_schemas = schemas_of(*models, default_schema);
  }
  result.include_object = [filter = NameFilter(options, before, after)](const ObjectName& object, Side) {
    return filter(object);
  };
  return result;
}

}  // namespace support::alembic::autogenerate
