#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/alembic/operations/bind.hpp"
#include "app/alembic/safety/model/table_work.hpp"
#include "app/alembic/safety/signoff/signoff_file.hpp"

namespace support::alembic::safety {

struct TableSize {
  std::string table;  // with its schema
  double rows = 0;    // with all its partitions
  std::uint64_t bytes = 0;
  bool is_counted = true;  // false: never analysed, so `rows` is the most that can be in so many bytes
};

// "250,000,000 rows, 81.3 GiB"
std::string size_text(const TableSize& size);

// From which size on a table is big; 0: never by this measure.
struct SignoffLimits {
  double rows = 100'000'000;
  std::uint64_t bytes = 50ULL << 30;

  bool is_big(const TableSize& size) const;
};

// Tells how big tables are.
class TableSizes {
 public:
  TableSizes() = default;
  TableSizes(const TableSizes&) = delete;
  TableSizes& operator=(const TableSizes&) = delete;
  virtual ~TableSizes() = default;

  // Of the tables that the work reaches, those that are big; a partitioned table as one, with the sum of its
  // partitions. Without a relation: of the schema, or of the database.
  virtual std::vector<TableSize> big_tables(const TableWork& work, const SignoffLimits& limits) = 0;
};

// What the catalog's statistics say: pg_class.reltuples and relpages, scaled to the size on disk. Asks on the given
// connection, which must outlive it; throws what that throws.
class CatalogSizes : public TableSizes {
 public:
  explicit CatalogSizes(Bind& connection) : connection_(connection) {}

  std::vector<TableSize> big_tables(const TableWork& work, const SignoffLimits& limits) override;

 private:
  Bind& connection_;
};

// What the [tables] of signoffs.toml say, and nothing else.
class DeclaredSizes : public TableSizes {
 public:
  explicit DeclaredSizes(const SignoffFile& file) : file_(file) {}

  std::vector<TableSize> big_tables(const TableWork& work, const SignoffLimits& limits) override;

 private:
  const SignoffFile& file_;
};

}  // namespace support::alembic::safety
