#include "app/alembic/safety/signoff/table_sizes.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::alembic::safety {

namespace {

// One row with its header and its pointer takes no less (manual, 73.6).
constexpr int smallest_row = 28;

// The relations that are meant by a name: itself, or the table of an index. A name without schema is one of `public` to
// the model; the search path of the session may lead elsewhere, so both are looked at.
std::string named_relations(const RelationName& name) {
  const auto full = schema::quote_literal(schema::quote_identifier(name.schema, schema::Quotes::always) + "." +
                                          schema::quote_identifier(name.name, schema::Quotes::always));
  auto names = fmt::format("to_regclass({})", full);
  if (name.schema == "public") {
    names += fmt::format(", to_regclass({})",
                         schema::quote_literal(schema::quote_identifier(name.name, schema::Quotes::always)));
  }
  return fmt::format(
      "SELECT DISTINCT coalesce(i.indrelid, c.oid) FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid "
      "WHERE c.oid IN ({})",
      names);
}

// Tables that are no partition or child of another one, so that each row is counted once.
std::string tables_of(const std::string& schema) {
  auto sql = std::string(
      "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm') "
      "AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND NOT EXISTS (SELECT FROM pg_inherits i WHERE "
      "i.inhrelid = c.oid)");
  if (!schema.empty()) sql += fmt::format(" AND n.nspname = {}", schema::quote_literal(schema));
  return sql;
}

// `seen` has the views on the way, too. The functions that measure a file wait for whoever has locked the table, or is
// about to, so they are not asked then; nor for a whole database, as long as there are statistics.
std::string size_query(const TableWork& work) {
  const auto& name = work.relation;
  const auto start = name.name.empty() ? tables_of(name.schema) : named_relations(name);
  const std::string expands = work.means_sources ? "(k.relkind = 'v' OR s.is_start)" : "k.relkind = 'v'";
  const std::string is_table = work.means_sources ? "k.relkind <> 'v' AND NOT s.is_start" : "k.relkind <> 'v'";
  const std::string children =
      work.with_children ? "UNION SELECT t.root, i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid" : "";
  return fmt::format(
      R"(WITH RECURSIVE seen(oid, is_start) AS (
  SELECT x.oid, true FROM ({start}) x(oid)
  UNION
  SELECT d.refobjid, false FROM seen s JOIN pg_class k ON k.oid = s.oid JOIN pg_rewrite r ON r.ev_class = k.oid
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
    AND d.refobjid <> k.oid
  WHERE {expands}
), tree(root, oid) AS (
  SELECT s.oid, s.oid FROM seen s JOIN pg_class k ON k.oid = s.oid WHERE {is_table}
  {children}
), busy(oid) AS (
  SELECT relation FROM pg_locks WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock' AND pid IS DISTINCT FROM pg_backend_pid()
), sized AS (
  SELECT t.root, c.oid, c.reltuples, current_setting('block_size')::float8 AS block, c.relpages,
    c.relpages + coalesce((SELECT toast.relpages FROM pg_class toast WHERE toast.oid = c.reltoastrelid), 0) AS all_pages,
    c.relkind <> 'f' AND ({is_named} OR c.reltuples <= 0) AND NOT EXISTS (SELECT FROM busy WHERE busy.oid = c.oid)
      AS is_measured
  FROM tree t JOIN pg_class c ON c.oid = t.oid WHERE c.relkind IN ('r', 'm', 't', 'f')
), measured AS (
  SELECT *, greatest(CASE WHEN is_measured THEN pg_relation_size(oid) END, relpages * block) AS heap,
    greatest(CASE WHEN is_measured THEN pg_table_size(oid) END, all_pages * block) AS bytes
  FROM sized
), counted AS (
  SELECT root, bytes, reltuples > 0 OR heap = 0 AS is_counted,
    CASE WHEN reltuples <= 0 THEN heap / {smallest_row}
      WHEN relpages > 0 THEN reltuples / relpages * (heap / block)
      ELSE reltuples END AS rows
  FROM measured
)
SELECT n.nspname || '.' || c.relname, round(sum(t.rows)::numeric), round(sum(t.bytes)::numeric),
  bool_and(t.is_counted)
FROM counted t JOIN pg_class c ON c.oid = t.root JOIN pg_namespace n ON n.oid = c.relnamespace
GROUP BY t.root, n.nspname, c.relname ORDER BY 2 DESC, 1)",
      fmt::arg("start", start), fmt::arg("expands", expands), fmt::arg("is_table", is_table),
      fmt::arg("children", children), fmt::arg("is_named", !name.name.empty()), fmt::arg("smallest_row", smallest_row));
}

template <class Number>
Number number(const std::optional<std::string>& text) {
  Number value{};
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

std::string with_commas(double rows) {
  auto digits = fmt::format("{:.0f}", rows);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<std::size_t>(i), ",");
  }
  return digits;
}

std::string bytes_text(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes >= 1ULL << 40) return fmt::format("{:.1f} TiB", value / std::pow(2, 40));
  if (bytes >= 1ULL << 30) return fmt::format("{:.1f} GiB", value / std::pow(2, 30));
  return fmt::format("{:.1f} MiB", value / std::pow(2, 20));
}

}  // namespace

std::string size_text(const TableSize& size) {
  const auto rows = fmt::format("{}{} rows", size.is_counted ? "" : "never analysed, up to ", with_commas(size.rows));
  return size.bytes == 0 ? rows : fmt::format("{}, {}", rows, bytes_text(size.bytes));
}

bool SignoffLimits::is_big(const TableSize& size) const {
  return (rows > 0 && size.rows >= rows) || (bytes > 0 && size.bytes >= bytes);
}

std::vector<TableSize> CatalogSizes::big_tables(const TableWork& work, const SignoffLimits& limits) {
  std::vector<TableSize> big;
  for (const auto& row : connection_.query(size_query(work))) {
    TableSize size{.table = row.at(0).value_or(""),
                   .rows = number<double>(row.at(1)),
                   .bytes = number<std::uint64_t>(row.at(2)),
                   .is_counted = row.at(3) == "t"};
    if (limits.is_big(size)) big.push_back(std::move(size));
  }
  return big;
}

std::vector<TableSize> DeclaredSizes::big_tables(const TableWork& work, const SignoffLimits& limits) {
  std::vector<TableSize> big;
  for (const auto& [name, declared] : file_.tables) {
    const auto& relation = work.relation;
    const bool is_meant = relation.name.empty() ? relation.schema.empty() || name.starts_with(relation.schema + ".")
                                                : name == relation.schema + "." + relation.name;
    const TableSize size{.table = name, .rows = declared.rows, .bytes = declared.bytes};
    if (is_meant && limits.is_big(size)) big.push_back(size);
  }
  return big;
}

}  // namespace support::alembic::safety
