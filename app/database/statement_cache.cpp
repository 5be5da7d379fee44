#include "app/database/statement_cache.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <utility>

namespace support::database {

bool StatementCache::Key::operator==(const Key& other) const {
  return sql == other.sql && std::equal(types.begin(), types.end(), other.types.begin(), other.types.end());
}

std::size_t StatementCache::Hash::operator()(const Key& key) const {
  std::size_t hash = std::hash<std::string_view>()(key.sql);
  for (const Oid type : key.types) hash = hash * 31 + type;
  return hash;
}

const StatementCache::Statement* StatementCache::find(std::string_view sql, std::span<const Oid> types) {
  const auto found = index_.find(Key{sql, types});
  if (found == index_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return &order_.front();
}

std::string StatementCache::next_name() {
  return prefix_ + std::to_string(++prepared_);
}

const StatementCache::Statement& StatementCache::insert(std::string_view sql, std::span<const Oid> types,
                                                        std::string name) {
  assert(capacity_ > 0);
  if (order_.size() == capacity_) remove(std::prev(order_.end()));
  order_.push_front({std::string(sql), {types.begin(), types.end()}, std::move(name)});
  const Statement& statement = order_.front();
  const bool inserted = index_.emplace(Key{statement.sql, statement.types}, order_.begin()).second;
  assert(inserted);
  (void)inserted;
  return statement;
}

void StatementCache::evict(std::string_view sql, std::span<const Oid> types) {
  const auto found = index_.find(Key{sql, types});
  if (found != index_.end()) remove(found->second);
}

void StatementCache::evict_all() {
  while (!order_.empty()) remove(order_.begin());
}

void StatementCache::forget(std::string_view name) {
  const auto known =
      std::find_if(order_.begin(), order_.end(), [&](const Statement& statement) { return statement.name == name; });
  if (known != order_.end()) remove(known);
  std::erase(evicted_, name);
}

std::vector<std::string> StatementCache::take_evicted() {
  return std::exchange(evicted_, {});
}

void StatementCache::clear() {
  index_.clear();
  order_.clear();
  evicted_.clear();
}

void StatementCache::remove(Order::iterator statement) {
  index_.erase(Key{statement->sql, statement->types});
  evicted_.push_back(std::move(statement->name));
  order_.erase(statement);
}

}  // namespace support::database
