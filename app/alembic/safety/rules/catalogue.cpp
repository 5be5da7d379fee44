#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/alembic/safety/rule.hpp"

namespace support::alembic::safety {

namespace {

using enum Section;
using enum Severity;

constexpr std::array catalogue{
    // A
    Rule{"add-column-volatile-default", rewrite, error, "ADD COLUMN with a VOLATILE default",
         "Each row needs a value of its own, so the table and its indexes are written anew.",
         "Add the column without a default, set the default for new rows, fill old rows in batches."},
    Rule{"add-column-serial", rewrite, error, "ADD COLUMN of a serial type or AS IDENTITY",
         "Each row takes a number from the sequence, so the table is written anew.",
         "Create the sequence, add a plain column, set the default, fill old rows in batches."},
    Rule{"add-column-generated-stored", rewrite, error, "ADD COLUMN … GENERATED … STORED",
         "The value is computed for each row, so the table is written anew.",
         "VIRTUAL on 18; before it a plain column, a trigger and a backfill."},
    Rule{"alter-generated-expression-rewrite", rewrite, error, "SET EXPRESSION of a stored generated column (17)",
         "The value of each row is computed anew.", "A new column, a backfill, and a swap of the names."},
    Rule{"add-column-constrained-domain", rewrite, error, "ADD COLUMN of a domain with CHECK or NOT NULL",
         "PostgreSQL checks the domain row by row and writes the table anew, even without a default.",
         "The domain's base type, with a CHECK that is added NOT VALID and validated later."},
    Rule{"add-column-not-null-without-default", rewrite, error, "ADD COLUMN … NOT NULL without a default",
         "It fails as soon as the table has one row.", "A constant default, or nullable first and NOT NULL in steps."},
    Rule{"set-not-null-scan", rewrite, error, "SET NOT NULL that no validated CHECK proves",
         "All rows are read while reads and writes wait. A CHECK that the same ALTER TABLE drops proves nothing: drops "
         "run first.",
         "CHECK (column IS NOT NULL) NOT VALID, VALIDATE, SET NOT NULL, then drop the CHECK on its own."},
    Rule{"check-without-not-valid", rewrite, error, "ADD CHECK without NOT VALID",
         "All rows are read while reads and writes wait.", "NOT VALID, and VALIDATE in a later transaction."},
    Rule{"foreign-key-without-not-valid", rewrite, error, "A foreign key without NOT VALID on an existing table",
         "Both tables are read while writes to both wait.", "NOT VALID, and VALIDATE in a later transaction."},
    Rule{"foreign-key-not-valid-on-partitioned", rewrite, error, "A NOT VALID foreign key on a partitioned table",
         "PostgreSQL refuses it before 18 (42809).", "NOT VALID keys on each partition, VALIDATE, then the parent's."},
    Rule{"not-valid-validate-same-transaction", rewrite, error, "NOT VALID and VALIDATE in one transaction",
         "The lock of the first is kept through the scan of the second.", "Two migrations."},
    Rule{"validate-under-access-exclusive", rewrite, error, "VALIDATE beside or behind a stronger lock on the table",
         "The scan runs under ACCESS EXCLUSIVE instead of SHARE UPDATE EXCLUSIVE.",
         "VALIDATE in a transaction of its own."},
    Rule{"unique-constraint-without-using-index", rewrite, error, "ADD UNIQUE that builds its index",
         "The index is built while reads and writes wait.", "CREATE UNIQUE INDEX CONCURRENTLY, then USING INDEX."},
    Rule{"primary-key-without-using-index", rewrite, error, "ADD PRIMARY KEY that builds its index",
         "The index is built, and NOT NULL checked, while reads and writes wait.",
         "NOT NULL in steps, CREATE UNIQUE INDEX CONCURRENTLY, then USING INDEX."},
    Rule{"primary-key-using-nullable-index", rewrite, error, "PRIMARY KEY USING INDEX over a nullable column",
         "An implied SET NOT NULL reads all rows while reads and writes wait.", "SET NOT NULL in steps first."},
    Rule{"exclusion-constraint", rewrite, error, "ADD EXCLUDE", "Its index can't be built concurrently.",
         "A new table with the constraint, a copy, and a switch."},
    Rule{"alter-constraint-enforced", rewrite, error, "ALTER CONSTRAINT … ENFORCED (18)",
         "Both tables are read under ACCESS EXCLUSIVE.", "Drop it, add it NOT VALID, VALIDATE."},
    Rule{"alter-column-type-rewrite", rewrite, error, "A change of type that changes the stored bytes",
         "The table and its indexes are written anew. A warning where the old type is not known.",
         "A new column, a trigger that keeps it, a backfill, and a swap of the names."},
    Rule{"alter-column-type-index-rebuild", rewrite, error, "A change of collation or of order on an indexed column",
         "The rows stay, but each index on the column is built anew while reads and writes wait.",
         "A new index, built concurrently, on a new column or an expression."},
    Rule{"alter-column-type-constraint-scan", rewrite, error, "A change of type on a column with a CHECK",
         "The rows stay, but the CHECK is tested for each of them while reads and writes wait.",
         "Drop the CHECK, change the type, add the CHECK NOT VALID, VALIDATE."},
    Rule{"alter-column-type-narrowing", rewrite, error, "A change to a smaller type",
         "It fails on the first value that does not fit, or cuts what it keeps.",
         "A CHECK first, then the steps of a rewrite."},
    Rule{"set-logged-unlogged", rewrite, error, "SET LOGGED, SET UNLOGGED",
         "The table is written anew; an unlogged one is empty after a crash.", "A new table, a copy, and a switch."},
    Rule{"set-tablespace", rewrite, error, "SET TABLESPACE", "The files are copied while reads and writes wait.",
         "pg_repack --tablespace; for an index a new one, built concurrently there."},
    Rule{"set-access-method", rewrite, error, "SET ACCESS METHOD", "The table is written anew.",
         "A new table, a copy, and a switch."},
    Rule{"vacuum-full", rewrite, error, "VACUUM FULL", "The table and its indexes are written anew.",
         "pg_repack or pg_squeeze; plain VACUUM to make space usable again."},
    Rule{"cluster-table", rewrite, error, "CLUSTER", "The table and its indexes are written anew.",
         "pg_repack --order-by, or pg_squeeze."},
    // B
    Rule{"create-index-not-concurrent", index, error, "CREATE INDEX on an existing table",
         "Writes wait until the index is built.", "CREATE INDEX CONCURRENTLY, in a migration without a transaction."},
    Rule{"drop-index-not-concurrent", index, warning, "DROP INDEX", "Reads and writes of the table wait behind it.",
         "DROP INDEX CONCURRENTLY, in a migration without a transaction."},
    Rule{"reindex-not-concurrent", index, error, "REINDEX", "Writes wait, and reads whose plan looks at the index.",
         "REINDEX … CONCURRENTLY; drop a left-over _ccnew index of an earlier try."},
    Rule{"concurrently-in-transaction", index, error, "What can't run in a transaction, inside one",
         "PostgreSQL refuses it (25001). A note where a file does not say how it is run.",
         "A migration of its own with `-- transactional: false`."},
    Rule{"concurrent-if-not-exists-invalid-index", index, warning, "CREATE INDEX CONCURRENTLY IF NOT EXISTS",
         "An INVALID index that an interrupted build left behind counts as existing, and stays unused.",
         "Drop the index first, then create it without IF NOT EXISTS."},
    Rule{"create-index-on-partitioned-parent", index, error, "CREATE INDEX on a partitioned table",
         "Writes to all partitions wait; CONCURRENTLY is refused (0A000).",
         "ON ONLY the parent, CONCURRENTLY on each partition, then ATTACH PARTITION."},
    Rule{"index-dropped-before-replacement", index, warning, "DROP INDEX before the index that replaces it",
         "Between the two, queries have neither.", "Create the new one first."},
    Rule{"redundant-index", index, info, "An index whose columns begin another one",
         "Each write keeps both, and reads need one.", "Leave it out, or drop the shorter one."},
    Rule{"foreign-key-missing-index", index, info, "A foreign key whose columns have no index",
         "DELETE and UPDATE of the referenced table read the whole table. A partial index does not help.",
         "CREATE INDEX CONCURRENTLY before the key."},
    Rule{"foreign-key-type-mismatch", index, warning, "A foreign key between columns of different types",
         "One side overflows first, and comparisons are cast.", "The referenced column's type."},
    Rule{"unique-index-on-existing-data", index, info, "CREATE UNIQUE INDEX on an existing table",
         "It fails on the first duplicate; a concurrent build then leaves an INVALID index.",
         "Look for duplicates first."},
    Rule{"drop-constraint-backing-index", index, error, "DROP INDEX of a constraint", "PostgreSQL refuses it (2BP01).",
         "ALTER TABLE … DROP CONSTRAINT."},
    // C
    Rule{"detach-partition-not-concurrent", object, warning, "DETACH PARTITION",
         "Reads and writes of the whole partitioned table wait behind it.", "DETACH PARTITION … CONCURRENTLY (14)."},
    Rule{"detach-concurrently-with-default", object, error, "DETACH … CONCURRENTLY beside a DEFAULT partition",
         "PostgreSQL refuses it (55000).", "DETACH with lock_timeout and retries."},
    Rule{"attach-partition-without-check", object, error, "ATTACH PARTITION without a CHECK that proves its bounds",
         "The new partition is read while reads and writes of it wait.",
         "Add a CHECK of the bounds NOT VALID, VALIDATE, ATTACH, drop the CHECK."},
    Rule{"attach-partition-default-scan", object, error, "A new partition beside a DEFAULT partition",
         "The DEFAULT partition is read while reads and writes of it wait.",
         "A validated CHECK on the DEFAULT partition that excludes the new bounds."},
    Rule{"attach-partition-builds-index", object, error, "ATTACH of a table that lacks the parent's indexes",
         "They are built during ATTACH while reads and writes wait.", "CREATE INDEX CONCURRENTLY on the table first."},
    Rule{"create-partition-locks-parent", object, warning, "CREATE TABLE … PARTITION OF an existing table",
         "Reads and writes of the whole partitioned table wait behind it.",
         "CREATE TABLE (LIKE …), then ATTACH PARTITION."},
    Rule{"drop-partition-locks-parent", object, warning, "DROP TABLE of an attached partition",
         "Reads and writes of the whole partitioned table wait behind it.", "DETACH … CONCURRENTLY, then DROP TABLE."},
    Rule{"partition-fanout", object, info, "ALTER TABLE on a partitioned table",
         "Each partition is locked as the parent is.",
         "ONLY the parent, and the partitions one by one, where the command allows it."},
    Rule{"refresh-matview-not-concurrent", object, error, "REFRESH MATERIALIZED VIEW",
         "Reads wait until the query has run and its result is written.",
         "REFRESH … CONCURRENTLY, which needs a unique index on the view."},
    Rule{"alter-domain-constraint", object, error, "A constraint on a domain, without NOT VALID",
         "Each table with a column of the domain is read while writes to it wait.",
         "NOT VALID; VALIDATE in a quiet hour. Or a CHECK on the tables."},
    Rule{"create-domain-with-constraint", object, warning, "CREATE DOMAIN with CHECK or NOT NULL",
         "A change of the constraint later reads all tables that use it, and a column of it can't be added without a "
         "rewrite.",
         "A plain domain and CHECKs on the tables."},
    Rule{"enum-value-used-in-same-transaction", object, error, "A new enum value, used before it is committed",
         "PostgreSQL refuses it (55P04).", "Two migrations."},
    Rule{"enum-add-value-in-transaction", object, error, "ADD VALUE in a transaction, before PostgreSQL 12",
         "PostgreSQL refuses it (25001).", "A migration without a transaction."},
    Rule{"rename-enum-value", object, warning, "RENAME VALUE of an enum",
         "Programs that write or compare the old word fail at once.",
         "Add the new word, move rows to it, stop using the old one."},
    Rule{"enum-value-without-position", object, info, "ADD VALUE without BEFORE or AFTER",
         "It sorts behind all others.", "Say BEFORE or AFTER."},
    Rule{"create-enum", object, info, "CREATE TYPE … AS ENUM", "A value can never be removed from it.",
         "A lookup table, or text with a CHECK."},
    Rule{"cascaded-type-change", object, warning, "A change of a composite type with CASCADE",
         "All tables of that type are locked.", "Change the tables one by one."},
    Rule{"alter-sequence-lock", object, info, "ALTER SEQUENCE", "nextval() waits behind it.",
         "SET lock_timeout first."},
    // D
    Rule{"missing-lock-timeout", locking, warning, "A lock on an existing table without lock_timeout",
         "While it waits for a long query, all queries behind it wait as well.",
         "SET lock_timeout = '2s' first, and retry."},
    Rule{"lock-timeout-too-long", locking, warning, "lock_timeout of more than 10 seconds",
         "All queries behind it wait that long.", "A few seconds, and retries."},
    Rule{"set-local-outside-transaction", locking, error, "SET LOCAL without a transaction", "It has no effect.",
         "SET, or BEGIN first."},
    Rule{"missing-statement-timeout", locking, info, "A schema change without statement_timeout",
         "A change that takes longer than thought keeps its locks all the time.", "SET statement_timeout first."},
    Rule{"missing-idle-in-transaction-timeout", locking, info,
         "A schema change without idle_in_transaction_session_timeout",
         "A runner that hangs between two statements keeps the locks.",
         "SET idle_in_transaction_session_timeout first."},
    Rule{"missing-transaction-timeout", locking, info, "A schema change without transaction_timeout (17)",
         "Many short statements together keep the locks for long.", "SET transaction_timeout first."},
    Rule{"statement-after-access-exclusive", locking, warning, "A statement after ACCESS EXCLUSIVE in its transaction",
         "The lock is kept until the transaction ends, so reads and writes wait through all that follows. An error "
         "where "
         "rows are read, written or indexed; a note where only the catalog changes, under locks that are held already.",
         "A transaction of its own."},
    Rule{"rewrite-while-holding-other-lock", locking, error, "A rewrite while other tables are locked",
         "They stay locked until all rows are written.", "A transaction of its own."},
    Rule{"multiple-hot-tables-one-transaction", locking, warning, "Strong locks on several tables in one transaction",
         "The first stays locked while the next is waited for, and two such transactions can deadlock.",
         "One table a transaction."},
    Rule{"multiple-alter-table-same-table", locking, info, "ALTER TABLE of one table several times in a row",
         "The lock is waited for, and rows may be read, each time.", "One ALTER TABLE with all commands."},
    Rule{"drop-foreign-key", locking, warning, "What drops a foreign key", "The referenced table is locked as well.",
         "SET lock_timeout first, and retry."},
    Rule{"create-trigger-lock", locking, warning, "CREATE TRIGGER on an existing table", "Writes wait behind it.",
         "SET lock_timeout first, and retry."},
    Rule{"drop-trigger", locking, warning, "DROP TRIGGER", "Reads and writes wait behind it, and what it did stops.",
         "SET lock_timeout first, and retry."},
    Rule{"enable-disable-trigger", locking, warning, "ENABLE or DISABLE TRIGGER",
         "Writes wait behind it. DISABLE TRIGGER ALL also stops foreign keys, and rows written then are never checked.",
         "session_replication_role for one session, or a condition in the trigger."},
    Rule{"rename-index-via-alter-table", locking, warning, "ALTER TABLE of an index to rename it",
         "It takes ACCESS EXCLUSIVE, where ALTER INDEX takes SHARE UPDATE EXCLUSIVE.", "ALTER INDEX … RENAME TO."},
    Rule{"lock-table", locking, warning, "LOCK TABLE in SHARE mode or stronger",
         "Others wait until the transaction ends.", "A weaker mode, row locks, or an advisory lock."},
    Rule{"transaction-nesting", locking, error, "BEGIN, COMMIT or ROLLBACK where the runner has its own transaction",
         "The runner's transaction ends in the middle, and a failure leaves half of the migration.", "Leave them out."},
    Rule{"uncommitted-transaction", locking, error, "BEGIN without COMMIT", "Nothing is kept, or the locks are.",
         "COMMIT."},
    Rule{"dynamic-ddl", locking, warning, "Schema changes inside DO or EXECUTE",
         "What they do depends on the database that they meet.", "Plain statements."},
    // E
    Rule{"drop-table", compatibility, error, "DROP TABLE", "The rows are gone, and programs that use it fail.",
         "Stop using it in one release, drop it in the next."},
    Rule{"drop-column", compatibility, error, "DROP COLUMN", "The values are gone, and programs that name it fail.",
         "Stop using it in one release, drop it in the next."},
    Rule{"drop-column-drops-constraint", compatibility, warning, "DROP COLUMN of a column with constraints or indexes",
         "They go with it without being named.", "Drop them by name first."},
    Rule{"drop-primary-key", compatibility, error, "What drops a primary key",
         "Rows can repeat, replication and programs lose the row's identity.",
         "Add the new key before the old one goes."},
    Rule{"drop-schema", compatibility, error, "DROP SCHEMA", "All that is in it goes.",
         "Drop the objects one by one, then the empty schema."},
    Rule{"drop-database", compatibility, error, "DROP DATABASE", "Nothing of it comes back.",
         "By hand, with a backup at hand."},
    Rule{"drop-cascade", compatibility, error, "DROP … CASCADE",
         "What depends on it goes as well, without being named.", "Drop what depends on it by name."},
    Rule{"drop-constraint", compatibility, warning, "DROP CONSTRAINT",
         "Rows that break the rule can be written from now on.", "Put the new rule in force before the old one goes."},
    Rule{"drop-not-null", compatibility, warning, "DROP NOT NULL", "Programs that expect a value meet NULL.",
         "Let programs take NULL first."},
    Rule{"truncate", compatibility, error, "TRUNCATE", "All rows are gone, and reads wait behind it.",
         "DELETE in batches."},
    Rule{"truncate-cascade", compatibility, error, "TRUNCATE … CASCADE",
         "All tables that refer to it are emptied as well.", "Name each table."},
    Rule{"rename-column", compatibility, error, "RENAME COLUMN", "Programs that use the old name fail at once.",
         "Add the new column, write both, move readers, drop the old one."},
    Rule{
        "rename-table", compatibility, error, "RENAME of a table",
        "Programs that use the old name fail at once. Accepted when the transaction leaves a relation of the old name.",
        "A view of the old name in the same transaction."},
    Rule{"rename-schema", compatibility, warning, "RENAME of a schema", "Programs that use the old name fail at once.",
         "A new schema, and views in the old one."},
    Rule{"set-schema", compatibility, warning, "SET SCHEMA", "Programs look for it in the old schema.",
         "A view in the old schema in the same transaction."},
    Rule{"delete-without-where", compatibility, error, "DELETE of all rows", "All rows are gone.",
         "A condition, in batches."},
    Rule{"update-without-where", compatibility, warning, "UPDATE of all rows",
         "Each row is locked and written in one transaction.", "Batches of a few thousand rows."},
    Rule{"backfill-in-ddl-transaction", compatibility, error, "UPDATE, DELETE or INSERT … SELECT beside schema changes",
         "The locks of the schema change are kept until the last row is done.", "A backfill of its own, in batches."},
    Rule{"unbatched-backfill", compatibility, warning, "A change of many rows in one statement",
         "Rows stay locked, the WAL and the replicas' lag grow, and a failure starts over.",
         "Batches by key, with LIMIT, each in a transaction."},
    Rule{"if-not-exists-no-op", compatibility, warning, "IF NOT EXISTS of what exists",
         "Nothing is done, even where the definitions differ.", "Leave IF NOT EXISTS out, or alter what exists."},
    Rule{"non-idempotent-outside-transaction", compatibility, info,
         "A statement outside a transaction that can't be repeated",
         "When a later statement fails, the migration stops in the middle and can't be run again.",
         "IF NOT EXISTS, IF EXISTS, or a migration of its own."},
    Rule{"unlogged-table", compatibility, warning, "CREATE UNLOGGED TABLE",
         "It is empty after a crash, and on replicas.", "A plain table."},
    Rule{"table-without-primary-key", compatibility, info, "CREATE TABLE without a primary key",
         "Rows can't be told apart; logical replication refuses UPDATE and DELETE.", "PRIMARY KEY."},
    Rule{"on-delete-cascade", compatibility, info, "ON DELETE CASCADE",
         "One DELETE can remove and lock any number of rows.", "ON DELETE RESTRICT, and deletes in batches."},
    Rule{"rls-enabled-without-policy", compatibility, warning, "ENABLE ROW LEVEL SECURITY without a policy",
         "All but the owner see no rows.", "CREATE POLICY in the same migration."},
    Rule{"security-definer-search-path", compatibility, warning, "SECURITY DEFINER without SET search_path",
         "A caller can put objects of his own in front of those the function means.",
         "SET search_path = pg_catalog, pg_temp in the definition."},
    Rule{"grant-to-public", compatibility, warning, "GRANT … TO PUBLIC", "Every role has it, those to come included.",
         "GRANT to named roles."},
    Rule{"volatile-check-constraint", compatibility, warning, "A CHECK that calls a VOLATILE function",
         "Rows that passed may not pass again, so a dump may not restore.", "A trigger."},
    Rule{"not-enforced-constraint", compatibility, warning, "NOT ENFORCED (18)", "Nothing checks it, on any row.",
         "NOT VALID, and VALIDATE."},
    Rule{"drop-primary-key-replica-identity", compatibility, error, "What drops the replica identity",
         "Logical replication refuses UPDATE and DELETE from then on.", "Set another REPLICA IDENTITY first."},
    Rule{"sequence-not-reset", compatibility, warning, "Rows with numbers of their own for a serial or identity column",
         "The sequence does not know of them, and a later INSERT fails on a duplicate.", "setval() behind them."},
    // F
    Rule{"prefer-bigint", style, info, "An integer column smaller than bigint",
         "Keys run out at 2 billion, and the change later is a rewrite.", "bigint."},
    Rule{"prefer-identity", style, info, "serial", "The sequence's rights and owner go their own ways.",
         "GENERATED … AS IDENTITY."},
    Rule{"prefer-timestamptz", style, info, "timestamp without time zone", "The moment depends on who reads it.",
         "timestamptz."},
    Rule{"prefer-jsonb", style, info, "json", "It has no equality and few indexes.", "jsonb."},
    Rule{"prefer-text-over-varchar", style, info, "varchar(n)", "Another limit is a change of the type.",
         "text with a CHECK."},
    Rule{"prefer-text-over-char", style, info, "char(n)", "It is padded with blanks.", "text."},
    Rule{"avoid-money", style, info, "money", "Its digits and its sign depend on lc_monetary.", "numeric."},
    Rule{"avoid-float", style, info, "real, double precision", "Decimal fractions are not exact.", "numeric."},
    Rule{"identifier-too-long", style, info, "A name of more than 63 bytes", "PostgreSQL cuts it.", "A shorter name."},
    Rule{"require-schema-name", style, info, "A table without its schema", "search_path decides which one is meant.",
         "schema.table."},
    Rule{"wide-index", style, info, "An index of more than three columns that is not unique",
         "It costs each write, and the last columns rarely help.", "Fewer columns, or INCLUDE."},
    // ours
    Rule{"vector-before-extension", project, error, "A vector column before CREATE EXTENSION vector",
         "The type does not exist yet.", "CREATE EXTENSION IF NOT EXISTS vector in an earlier statement."},
    Rule{"session-tuning", project, info, "Tuning of the session or the server inside a migration",
         "It stays with the connection, which others use afterwards, or with the server.",
         "SET LOCAL, or the configuration."},
    Rule{"timeout-override", project, warning, "Time-outs set inside a revision",
         "`migrate upgrade` sets them itself, and again for each retry.", "Leave them to the settings."},
    Rule{"missing-downgrade", project, warning, "A revision without a way back",
         "A failed release can't be taken back.", "Write downgrade(), or say `-- migrate:irreversible REASON`."},
    Rule{"asymmetric-downgrade", project, warning, "A downgrade that does not lead back",
         "The schema after it is another one than before the upgrade.", "Undo each operation, in reverse order."},
    Rule{"edited-migration", project, error, "A migration that was edited after it was applied (history.md)",
         "The next ones are written for another database than the one that is there; `migrate upgrade` refuses.",
         "Put the file back, and write a new migration; or `migrate repair REV --reason TEXT`."},
    Rule{"allow-without-reason", project, warning, "`-- allow: RULE` without a reason", "It allows nothing.",
         "-- allow: RULE: reason"},
    Rule{"missing-signoff", project, error,
         "With `--ci`: a statement that reads or writes all of a big table, and no sign-off of it",
         "It runs for hours and loads the disks and replicas of everybody; `upgrade` refuses it.",
         "`migrate signoff`, after a review (docs/signoffs.md)."},
    Rule{"unused-allow", project, info, "`-- allow:` of a rule that has nothing to say", "It hides what comes later.",
         "Remove it."},
};

}  // namespace

std::span<const Rule> rules() {
  return catalogue;
}

const Rule* find_rule(std::string_view id) {
  const auto* found = std::find_if(catalogue.begin(), catalogue.end(), [&](const Rule& rule) { return rule.id == id; });
  return found == catalogue.end() ? nullptr : found;
}

std::string_view section_title(Section section) {
  switch (section) {
    case Section::rewrite:
      return "A. Rewrites and scans under a blocking lock";
    case Section::index:
      return "B. Indexes";
    case Section::object:
      return "C. Partitions, views, sequences, types";
    case Section::locking:
      return "D. Locks and queues";
    case Section::compatibility:
      return "E. Data and running programs";
    case Section::style:
      return "F. Style";
    case Section::project:
      break;
  }
  return "G. Revisions, sessions and comments";
}

std::string rules_markdown() {
  std::string text;
  const Section* last = nullptr;
  for (const auto& rule : catalogue) {
    if (last == nullptr || *last != rule.section) {
      text += fmt::format("{}### {}\n\n| rule | severity | when | why | safer |\n|---|---|---|---|---|\n",
                          last == nullptr ? "" : "\n", section_title(rule.section));
      last = &rule.section;
    }
    text += fmt::format("| `{}` | {} | {} | {} | {} |\n", rule.id, severity_name(rule.severity), rule.pattern,
                        rule.reason, rule.safer);
  }
  return text;
}

}  // namespace support::alembic::safety
