#include "app/alembic/operations/alter_column_reverse.hpp"

#include <utility>

#include "app/alembic/operations/existing.hpp"

namespace support::alembic {
namespace {

const schema::Identity* identity(const Change<schema::ServerDefault>& change) {
  return change.value() ? std::get_if<schema::Identity>(change.value()) : nullptr;
}

// What the new identity sets and the old one leaves open goes back to what PostgreSQL gives an identity by itself.
schema::Identity restored(schema::Identity before, const schema::Identity& now) {
  const bool descends = before.increment.value_or(1) < 0;
  const std::int64_t first = descends ? before.maxvalue.value_or(-1) : before.minvalue.value_or(1);
  if (now.start && !before.start) before.start = first;
  if (now.increment && !before.increment) before.increment = 1;
  if (now.minvalue && !before.minvalue) before.nominvalue = true;
  if (now.maxvalue && !before.maxvalue) before.nomaxvalue = true;
  if (now.cycle && !before.cycle) before.cycle = false;
  if (now.cache && !before.cache) before.cache = 1;
  return before;
}

// What it is afterwards: what the new identity leaves open stays as it was.
schema::Identity changed(schema::Identity before, const schema::Identity& now) {
  before.always = now.always;
  if (now.start) before.start = now.start;
  if (now.increment) before.increment = now.increment;
  if (now.minvalue || now.nominvalue) before.minvalue = now.minvalue;
  if (now.maxvalue || now.nomaxvalue) before.maxvalue = now.maxvalue;
  if (now.cycle) before.cycle = now.cycle;
  if (now.cache) before.cache = now.cache;
  before.nominvalue = !before.minvalue && (before.nominvalue || now.nominvalue);
  before.nomaxvalue = !before.maxvalue && (before.nomaxvalue || now.nomaxvalue);
  return before;
}

}  // namespace

AlterColumn reverse_alter_column(const AlterColumn& operation) {
  AlterColumn back = operation;
  std::swap(back.using_, back.reverse_using);
  if (!operation.new_column_name.empty()) {
    back.column = operation.new_column_name;
    back.new_column_name = operation.column;
  }
  if (operation.type_) {
    if (!operation.existing_type) irreversible("The type of column", operation.column, "give it as .existing_type");
    std::swap(back.type_, back.existing_type);
  }
  if (operation.nullable) {
    if (!operation.existing_nullable) {
      irreversible("The nullability of column", operation.column, "give it as .existing_nullable");
    }
    std::swap(back.nullable, back.existing_nullable);
  }
  if (operation.server_default.is_given()) {
    if (!operation.existing_server_default.is_given()) {
      irreversible("The default of column", operation.column,
                   "give it as .existing_server_default, std::nullopt for none");
    }
    std::swap(back.server_default, back.existing_server_default);
    const auto* before = identity(operation.existing_server_default);
    const auto* now = identity(operation.server_default);
    if (before && now) {
      back.server_default = restored(*before, *now);
      back.existing_server_default = changed(*before, *now);
    }
  }
  if (operation.comment.is_given()) {
    if (!operation.existing_comment.is_given()) {
      irreversible("The comment of column", operation.column, "give it as .existing_comment, std::nullopt for none");
    }
    std::swap(back.comment, back.existing_comment);
  }
  return back;
}

}  // namespace support::alembic
