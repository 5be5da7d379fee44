#include "app/alembic/command/json_report.hpp"

#include <algorithm>

namespace support::alembic::command {

boost::json::object revision_json(const ScriptDirectory& scripts, Node node, const RevisionIds* rows) {
  namespace json = boost::json;
  const auto& map = scripts.map();
  const auto& script = scripts.script(node);
  json::object object{{"revision", map.id(node)},
                      {"down_revision", json::value_from(map.ids(map.down(node)))},
                      {"depends_on", json::value_from(map.revision(node).depends_on)},
                      {"branch_labels", json::value_from(map.branch_labels(node))},
                      {"head", map.is_head(node)},
                      {"effective_head", map.is_head(node) && !map.is_real_head(node)},
                      {"branchpoint", map.is_branch_point(node)},
                      {"mergepoint", map.is_merge_point(node)},
                      {"doc", script.doc()},
                      {"create_date", script.create_date},
                      {"path", script.path}};
  if (rows != nullptr) object["current"] = std::ranges::find(*rows, map.id(node)) != rows->end();
  return object;
}

void print(Context& context, const boost::json::object& document) {
  context.out << boost::json::serialize(document) << '\n';
}

void say(Context& context, std::string_view line) {
  if (context.format == OutputFormat::text) context.out << line << '\n';
}

}  // namespace support::alembic::command
