#include "tests/support/live_edits.hpp"

#include <random>
#include <vector>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;
using fmt::format;
using schema::quote_identifier;

template <class T>
std::string qualified(const T& object) {
  return quote_identifier(object.schema) + '.' + quote_identifier(object.name);
}

template <class T>
std::string table_of(const T& object) {
  return quote_identifier(object.schema) + '.' + quote_identifier(object.table);
}

class Console {
 public:
  Console(const CatalogSnapshot& snapshot, std::uint32_t seed) : snapshot_(snapshot), random_(seed), seed_(seed) {}

  std::string statement() {
    switch (below(5)) {
      case 0:
        return drop();
      case 1:
        return rename();
      case 2:
        return alter_table();
      case 3:
        return alter_other();
      default:
        return add();
    }
  }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint32_t>(limit)); }

  // There is at least one object of each kind that is asked for, or the edit is none.
  template <class T>
  const T& pick(const std::vector<T>& list) {
    static const T none{};
    return list.empty() ? none : list[static_cast<std::size_t>(below(static_cast<int>(list.size())))];
  }

  std::string any_column(const Table& table) { return quote_identifier(pick(table.columns).name); }

  std::string drop() {
    const auto& table = pick(snapshot_.tables);
    switch (below(12)) {
      case 0:
        return format("DROP TABLE {} CASCADE", qualified(table));
      case 1: {
        const auto& view = pick(snapshot_.views);
        return format("DROP {} {} CASCADE", view.materialized ? "MATERIALIZED VIEW" : "VIEW", qualified(view));
      }
      case 2: {
        const auto& routine = pick(snapshot_.routines);
        return format("DROP ROUTINE {}({}) CASCADE", qualified(routine), routine.arguments);
      }
      case 3:
        return format("DROP TYPE {} CASCADE", qualified(pick(snapshot_.enums)));
      case 4:
        return format("DROP DOMAIN {} CASCADE", qualified(pick(snapshot_.domains)));
      case 5:
        return format("DROP SEQUENCE {} CASCADE", qualified(pick(snapshot_.sequences)));
      case 6: {
        const auto& trigger = pick(snapshot_.triggers);
        return format("DROP TRIGGER {} ON {}", quote_identifier(trigger.name), table_of(trigger));
      }
      case 7: {
        const auto& policy = pick(snapshot_.policies);
        return format("DROP POLICY {} ON {}", quote_identifier(policy.name), table_of(policy));
      }
      case 8:
        return format("DROP INDEX {}.{}", quote_identifier(table.schema), quote_identifier(pick(table.indexes).name));
      case 9:
        return format("ALTER TABLE {} DROP CONSTRAINT {} CASCADE", qualified(table),
                      quote_identifier(pick(table.constraints).name));
      case 10:
        return format("DROP STATISTICS {}", qualified(pick(snapshot_.statistics)));
      default:
        return format("ALTER TABLE {} DROP COLUMN {} CASCADE", qualified(table), any_column(table));
    }
  }

  std::string rename() {
    const auto name = format("renamed_{}", seed_);
    const auto& table = pick(snapshot_.tables);
    switch (below(8)) {
      case 0:
        return format("ALTER TABLE {} RENAME TO {}", qualified(table), name);
      case 1:
        return format("ALTER TABLE {} RENAME COLUMN {} TO {}", qualified(table), any_column(table), name);
      case 2:
        return format("ALTER TABLE {} RENAME CONSTRAINT {} TO {}", qualified(table),
                      quote_identifier(pick(table.constraints).name), name);
      case 3:
        return format("ALTER INDEX {}.{} RENAME TO {}", quote_identifier(table.schema),
                      quote_identifier(pick(table.indexes).name), name);
      case 4:
        return format("ALTER TYPE {} RENAME TO {}", qualified(pick(snapshot_.enums)), name);
      case 5: {
        const auto& routine = pick(snapshot_.routines);
        return format("ALTER ROUTINE {}({}) RENAME TO {}", qualified(routine), routine.arguments, name);
      }
      case 6:
        return format("ALTER VIEW {} RENAME TO {}", qualified(pick(snapshot_.views)), name);
      default:
        return format("ALTER SCHEMA {} RENAME TO {}", quote_identifier(pick(snapshot_.schemas).name), name);
    }
  }

  std::string alter_table() {
    const auto& table = pick(snapshot_.tables);
    const auto alter = "ALTER TABLE " + qualified(table);
    const auto column = any_column(table);
    switch (below(14)) {
      case 0:
        return format("{0} ALTER COLUMN {1} TYPE text USING {1}::text", alter, column);
      case 1:
        return format("{} ALTER COLUMN {} TYPE bigint", alter, column);
      case 2:
        return format("{} ALTER COLUMN {} DROP NOT NULL", alter, column);
      case 3:
        return format("{} ALTER COLUMN {} SET NOT NULL", alter, column);
      case 4:
        return format("{} ALTER COLUMN {} DROP DEFAULT", alter, column);
      case 5:
        return format("{} ALTER COLUMN {} SET DEFAULT '7'", alter, column);
      case 6:
        return format("{} ALTER COLUMN {} SET STATISTICS 77", alter, column);
      case 7:
        return format("{} SET UNLOGGED", alter);
      case 8:
        return format("{} SET (fillfactor = 66)", alter);
      case 9:
        return format("{} {} ROW LEVEL SECURITY", alter, table.row_security ? "DISABLE" : "ENABLE");
      case 10:
        return format("{} ALTER CONSTRAINT {} DEFERRABLE INITIALLY DEFERRED", alter,
                      quote_identifier(pick(table.constraints).name));
      case 11:
        return format("{} DISABLE TRIGGER USER", alter);
      case 12:
        return format("COMMENT ON TABLE {} IS 'Somebody''s remark {}'", qualified(table), seed_);
      default:
        return format("COMMENT ON COLUMN {}.{} IS 'Somebody''s remark {}'", qualified(table), column, seed_);
    }
  }

  std::string alter_other() {
    const auto& domain = pick(snapshot_.domains);
    const auto& type = pick(snapshot_.enums);
    const auto& routine = pick(snapshot_.routines);
    const auto& policy = pick(snapshot_.policies);
    switch (below(11)) {
      case 0:
        return format("ALTER TYPE {} ADD VALUE 'added {}'", qualified(type), seed_);
      case 1:
        return format("ALTER TYPE {} RENAME VALUE {} TO 'renamed {}'", qualified(type),
                      schema::quote_literal(pick(type.labels)), seed_);
      case 2:
        return format("ALTER DOMAIN {} DROP NOT NULL", qualified(domain));
      case 3:
        return format("ALTER DOMAIN {} SET DEFAULT NULL", qualified(domain));
      case 4:
        return format("ALTER DOMAIN {} ADD CONSTRAINT added_{} CHECK (VALUE IS NOT NULL OR true)", qualified(domain),
                      seed_);
      case 5:
        return format("ALTER DOMAIN {} DROP CONSTRAINT {}", qualified(domain),
                      quote_identifier(pick(domain.checks).name));
      case 6:
        return format("ALTER SEQUENCE {} INCREMENT BY 3 CACHE 4", qualified(pick(snapshot_.sequences)));
      case 7:
        return format("ALTER ROUTINE {}({}) COST 7", qualified(routine), routine.arguments);
      case 8:
        return format("COMMENT ON ROUTINE {}({}) IS 'Somebody''s remark'", qualified(routine), routine.arguments);
      case 9:
        return format("ALTER POLICY {} ON {} USING (false)", quote_identifier(policy.name), table_of(policy));
      default:
        return format("ALTER TYPE {} ADD ATTRIBUTE added_{} integer CASCADE", qualified(pick(snapshot_.composites)),
                      seed_);
    }
  }

  std::string add() {
    const auto& table = pick(snapshot_.tables);
    const auto schema = quote_identifier(table.schema);
    const auto column = any_column(table);
    switch (below(9)) {
      case 0:
        return format(
            "CREATE TABLE {}.added_{} (id serial PRIMARY KEY, what text NOT NULL DEFAULT 'x' CHECK (what <> "
            "''), at timestamptz)",
            schema, seed_);
      case 1:
        return format("ALTER TABLE {} ADD COLUMN added_{} integer NOT NULL DEFAULT 3", qualified(table), seed_);
      case 2:
        return format("CREATE INDEX added_{} ON {} ({} DESC)", seed_, qualified(table), column);
      case 3:
        return format("CREATE VIEW {}.added_{} AS SELECT {}, count(*) FROM {} GROUP BY 1", schema, seed_, column,
                      qualified(table));
      case 4:
        return format("ALTER TABLE {} ADD CONSTRAINT added_{} CHECK ({} IS NOT NULL) NOT VALID", qualified(table),
                      seed_, column);
      case 5:
        return format(
            "CREATE FUNCTION {}.added_{}(t {}) RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT "
            "count(*) FROM {}; END",
            schema, seed_, qualified(table), qualified(table));
      case 6:
        return format("CREATE POLICY added_{} ON {} USING ({} IS NOT NULL)", seed_, qualified(table), column);
      case 7:
        return format("CREATE MATERIALIZED VIEW {}.added_{} AS SELECT * FROM {} WITH NO DATA", schema, seed_,
                      qualified(pick(snapshot_.views)));
      default:
        return format("CREATE TABLE {}.added_{} (LIKE {} INCLUDING ALL)", schema, seed_, qualified(table));
    }
  }

  const CatalogSnapshot& snapshot_;
  std::mt19937 random_;
  std::uint32_t seed_;
};

}  // namespace

std::string live_edit(const CatalogSnapshot& snapshot, std::uint32_t seed) {
  return Console(snapshot, seed).statement();
}

}  // namespace support::tests
