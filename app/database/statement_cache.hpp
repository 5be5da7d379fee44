#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/database/types.hpp"

namespace support::database {

// The prepared statements of one connection, the least recently used evicted first. A statement is its text and the
// types of its parameters. Pure bookkeeping: the connection prepares and deallocates.
class StatementCache {
 public:
  struct Statement {
    std::string sql;
    std::vector<Oid> types;
    std::string name;
  };

  // Capacity 0 holds nothing. `prefix` begins every name; it should be this connection's alone, so that behind a
  // pooler, where connections share sessions, a name never stands for another one's statement.
  StatementCache(std::size_t capacity, std::string prefix) : capacity_(capacity), prefix_(std::move(prefix)) {}

  // The statement, now the most recently used; null when it is not here. Valid until the next change.
  const Statement* find(std::string_view sql, std::span<const Oid> types);
  // A name that this connection has never used.
  std::string next_name();
  // Records a statement that the server has prepared. Precondition: capacity() > 0 and find() is null.
  const Statement& insert(std::string_view sql, std::span<const Oid> types, std::string name);
  // The server no longer has it, or has it for another result type. It is evicted.
  void evict(std::string_view sql, std::span<const Oid> types);
  // Any of them may be like that.
  void evict_all();
  // The same by name, when the server turns out not to have it: there is nothing to deallocate. No effect when unknown.
  void forget(std::string_view name);
  // Names that were evicted since the last call and still exist on the server.
  std::vector<std::string> take_evicted();
  // An evicted name that was taken still exists after all.
  void still_evicted(std::string name) { evicted_.push_back(std::move(name)); }

  // The server has none of them any more.
  void clear();

  std::size_t size() const { return order_.size(); }
  std::size_t capacity() const { return capacity_; }
  bool has_evicted() const { return !evicted_.empty(); }
  std::size_t evicted() const { return evicted_.size(); }

 private:
  struct Key {
    std::string_view sql;  // of the Statement in order_, or of the caller
    std::span<const Oid> types;
    bool operator==(const Key& other) const;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  using Order = std::list<Statement>;  // the most recently used first

  void remove(Order::iterator statement);

  std::size_t capacity_;
  std::string prefix_;
  std::uint64_t prepared_ = 0;
  Order order_;
  std::unordered_map<Key, Order::iterator, Hash> index_;
  std::vector<std::string> evicted_;
};

}  // namespace support::database
