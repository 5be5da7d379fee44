#include "app/alembic/safety/syntax/node.hpp"

#include <boost/json.hpp>

namespace support::alembic::safety {

namespace {

namespace json = boost::json;

std::string_view view(const json::string& text) {
  return {text.data(), text.size()};
}

bool names_a_type(std::string_view key) {
  return !key.empty() && key.front() >= 'A' && key.front() <= 'Z';
}

void write_canonical(const json::value& value, std::string& out) {
  if (const auto* object = value.if_object()) {
    out += '{';
    for (const auto& member : *object) {
      const std::string_view key(member.key().data(), member.key().size());
      if (key == "location" || key == "stmt_location" || key == "stmt_len") continue;
      out += key;
      out += ':';
      write_canonical(member.value(), out);
      out += ' ';
    }
    out += '}';
  } else if (const auto* array = value.if_array()) {
    out += '[';
    for (const auto& item : *array) {
      write_canonical(item, out);
      out += ' ';
    }
    out += ']';
  } else {
    out += json::serialize(value);
  }
}

void walk_value(const json::value& value, const std::function<void(const Node&)>& visit) {
  if (const auto* object = value.if_object()) {
    const Node node(&value);
    if (!node.type().empty()) visit(node);
    for (const auto& member : *object) walk_value(member.value(), visit);
  } else if (const auto* array = value.if_array()) {
    for (const auto& item : *array) walk_value(item, visit);
  }
}

}  // namespace

Node::Node(const json::value* value) : value_(value) {
  if (value == nullptr) return;
  fields_ = value->if_object();
  if (fields_ == nullptr || fields_->size() != 1) return;
  const auto& only = *fields_->begin();
  const std::string_view key(only.key().data(), only.key().size());
  if (!names_a_type(key)) return;
  type_ = key;
  fields_ = only.value().if_object();
}

const json::value* Node::find(std::string_view field) const {
  return fields_ == nullptr ? nullptr : fields_->if_contains(json::string_view(field.data(), field.size()));
}

Node Node::operator[](std::string_view field) const {
  return Node(find(field));
}

std::string_view Node::text(std::string_view field) const {
  const auto* found = find(field);
  const auto* text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr ? std::string_view() : view(*text);
}

bool Node::flag(std::string_view field) const {
  const auto* found = find(field);
  const auto* flag = found == nullptr ? nullptr : found->if_bool();
  return flag != nullptr && *flag;
}

std::int64_t Node::number(std::string_view field) const {
  const auto* found = find(field);
  const auto* number = found == nullptr ? nullptr : found->if_int64();
  return number == nullptr ? 0 : *number;
}

std::vector<Node> Node::items(std::string_view field) const {
  std::vector<Node> result;
  const auto* found = find(field);
  const auto* array = found == nullptr ? nullptr : found->if_array();
  if (array == nullptr) return result;
  result.reserve(array->size());
  for (const auto& item : *array) result.emplace_back(&item);
  return result;
}

std::vector<std::string> Node::strings(std::string_view field) const {
  std::vector<std::string> result;
  for (const auto& item : items(field)) result.emplace_back(item.text("sval"));
  return result;
}

std::string Node::constant() const {
  if (is("String")) return std::string(text("sval"));
  if (is("Integer")) return std::to_string(number("ival"));
  if (is("Float")) return std::string(text("fval"));
  if (is("Boolean")) return flag("boolval") ? "true" : "false";
  if (is("TypeCast")) return (*this)["arg"].constant();
  if (!is("A_Const")) return {};
  if (const auto text = (*this)["sval"]) return std::string(text.text("sval"));
  if (const auto number = (*this)["ival"]) return std::to_string(number.number("ival"));
  if (const auto number = (*this)["fval"]) return std::string(number.text("fval"));
  if (const auto boolean = (*this)["boolval"]) return boolean.flag("boolval") ? "true" : "false";
  return {};
}

void Node::walk(const std::function<void(const Node&)>& visit) const {
  if (value_ != nullptr) walk_value(*value_, visit);
}

std::string Node::canonical() const {
  std::string result;
  if (value_ != nullptr) write_canonical(*value_, result);
  return result;
}

}  // namespace support::alembic::safety
