#pragma once

#include <random>
#include <string>
#include <vector>

#include "tests/support/random_schema/model.hpp"

namespace support::tests::random_schema {

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : random_(seed) {}

  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint32_t>(limit)); }
  bool chance(int percent) { return below(100) < percent; }
  template <class T>
  auto& pick(T& list) {
    return list[static_cast<std::size_t>(below(static_cast<int>(list.size())))];
  }

 private:
  std::mt19937 random_;
};

// Adds objects at random; the result needs repair().
class Builder {
 public:
  Builder(Model& model, Dice& dice) : model_(model), dice_(dice) {}

  // A schema of some 5 tables with everything around them.
  void build();

  void add_schema();
  void add_enum();
  void add_domain();
  void add_composite();
  void add_range();
  void add_sequence();
  void add_expression_routine();
  void add_trigger_function();
  void add_plain_routine();
  void add_aggregate();
  void add_reader();
  void add_table();
  void add_partitioned_table();
  void add_partition(Id parent);
  void add_child();
  void add_view();

  void add_column(Table& table);
  void add_key(Table& table);
  void add_constraint(Table& table);
  void add_reference(Table& table);
  void add_index(std::vector<Index>& indexes, const std::vector<Id>& columns);
  void add_trigger(Table& table);
  void add_policy(Table& table);
  void add_rule(std::vector<Rule>& rules, const std::vector<Id>& columns);
  void add_statistics(Table& table);
  void add_instead_of(View& view);

  // Parts that edits make anew.
  Type any_type();
  void fill(Column& column);
  void decorate(Column& column);
  void decorate(Table& table);
  std::string comment();  // often none
  std::string fresh_name();
  // For indexes and constraints, which need none.
  std::string maybe_name();
  std::string label();
  std::string sequence_options();
  std::string attributes();
  Id any_schema();

 private:
  void name(Named& object);
  Id expression_routine(const Type& type);
  Id any_relation();

  Model& model_;
  Dice& dice_;
};

}  // namespace support::tests::random_schema
