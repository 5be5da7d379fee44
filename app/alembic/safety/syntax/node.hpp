#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace boost::json {
class value;
class object;
}  // namespace boost::json

namespace support::alembic::safety {

// A node of PostgreSQL's parse tree (parsenodes.h; the fields have its names). A view: the ParseTree must outlive it.
// A field that is not there reads as an absent node, "", false or 0, as the parser leaves out what is zero.
class Node {
 public:
  Node() = default;
  // `value`: {"Type": {fields}}, or the fields alone where the grammar allows one type only.
  explicit Node(const boost::json::value* value);

  explicit operator bool() const { return fields_ != nullptr || value_ != nullptr; }
  bool is(std::string_view type) const { return type_ == type; }
  std::string_view type() const { return type_; }

  Node operator[](std::string_view field) const;
  std::string_view text(std::string_view field) const;
  bool flag(std::string_view field) const;
  std::int64_t number(std::string_view field) const;
  std::vector<Node> items(std::string_view field) const;
  // A list of String nodes, such as a qualified name.
  std::vector<std::string> strings(std::string_view field) const;

  // The value of a constant or a String as text: 'x', 5, 2.5, true; "" for anything else.
  std::string constant() const;

  // Calls `visit` for each node with a type in this one and below it, this one first.
  void walk(const std::function<void(const Node&)>& visit) const;
  // The tree as text without its places in the source: equal for equal expressions.
  std::string canonical() const;

 private:
  const boost::json::value* find(std::string_view field) const;

  std::string_view type_;
  const boost::json::object* fields_ = nullptr;
  const boost::json::value* value_ = nullptr;
};

}  // namespace support::alembic::safety
