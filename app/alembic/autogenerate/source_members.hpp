#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/alembic/autogenerate/source_node.hpp"
#include "app/alembic/operations/change.hpp"
#include "app/schema/several.hpp"

namespace support::alembic::autogenerate {

// "5"; the least of all has no literal.
SourceNode number_node(std::int64_t number);
SourceNode number_node(double number);
SourceNode flag_node(bool flag);
// {"a", "b"}
SourceNode texts_node(const std::vector<std::string>& texts);
// {{"a", "b"}, {"c", "d"}}
SourceNode pairs_node(const std::vector<std::pair<std::string, std::string>>& pairs);

// Collects the members of a struct that differ from their defaults, to be called in the order of their declaration.
class SourceMembers {
 public:
  SourceMembers& add(std::string name, SourceNode node) {
    members_.push_back({std::move(name), std::move(node)});
    return *this;
  }
  SourceMembers& text(std::string name, const std::string& value, std::string_view default_value = {}) {
    return value == default_value ? *this : add(std::move(name), text_node(value));
  }
  SourceMembers& flag(std::string name, bool value, bool default_value = false) {
    return value == default_value ? *this : add(std::move(name), flag_node(value));
  }
  SourceMembers& flag(std::string name, const std::optional<bool>& value) {
    return value ? add(std::move(name), flag_node(*value)) : *this;
  }
  template <class Number>
  SourceMembers& number(std::string name, const std::optional<Number>& value) {
    using Widest = std::conditional_t<std::floating_point<Number>, double, std::int64_t>;
    return value ? add(std::move(name), number_node(Widest{*value})) : *this;
  }
  SourceMembers& texts(std::string name, const std::vector<std::string>& values) {
    return values.empty() ? *this : add(std::move(name), texts_node(values));
  }
  SourceMembers& pairs(std::string name, const std::vector<std::pair<std::string, std::string>>& values) {
    return values.empty() ? *this : add(std::move(name), pairs_node(values));
  }
  // What `source` makes of the value, if there is one.
  template <class T, class Source>
  SourceMembers& optional(std::string name, const std::optional<T>& value, Source source) {
    return value ? add(std::move(name), source(*value)) : *this;
  }
  // One as it stands, more of them as a list.
  template <class T, class Source>
  SourceMembers& several(std::string name, const schema::Several<T>& values, Source source) {
    if (values.empty()) return *this;
    SourceNodes nodes;
    for (const auto& value : values) nodes.push_back(source(value));
    if (nodes.size() == 1) return add(std::move(name), std::move(nodes.front()));
    return add(std::move(name), list(std::move(nodes)));
  }
  template <class T, class Source>
  SourceMembers& change(std::string name, const Change<T>& value, Source source) {
    if (!value.is_given()) return *this;
    return add(std::move(name), value.value() ? source(*value.value()) : code("std::nullopt"));
  }

  bool empty() const { return members_.empty(); }
  // `{.a = 1}`, with a type before it when it has one.
  SourceNode node(std::string type = {}) const { return designated(members_, std::move(type)); }
  // Behind the other arguments of a call, unless all are at their defaults.
  void append_to(SourceNodes& arguments) const {
    if (!empty()) arguments.push_back(node());
  }

 private:
  std::vector<SourceItem> members_;
};

}  // namespace support::alembic::autogenerate
