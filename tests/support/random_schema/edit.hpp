#pragma once

#include "tests/support/random_schema/builder.hpp"

namespace support::tests::random_schema {

// Changes a model at random, a little at a time; the result needs repair(). The numbers of objects stay, so that what
// refers to a changed object follows it.
class Editor {
 public:
  Editor(Model& model, Dice& dice) : model_(model), dice_(dice), builder_(model, dice) {}

  void edit();

 private:
  void add();
  void remove();
  void rename();
  void swap_names();
  void move();
  void replace_by_another_kind();
  void change_comment();
  void change_enum();
  void change_domain();
  void change_composite();
  void change_sequence();
  void change_routine();
  void change_table();
  void change_partitioning();
  void change_column();
  void change_column_type();
  void change_constraint();
  void change_index();
  void change_hangings();
  void change_view();

  Named* any_object();
  // Null when there is none.
  template <class T>
  T* any(std::vector<T>& list) {
    return list.empty() ? nullptr : &dice_.pick(list);
  }

  Model& model_;
  Dice& dice_;
  Builder builder_;
};

}  // namespace support::tests::random_schema
