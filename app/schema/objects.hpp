#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/schema/column.hpp"
#include "app/schema/index.hpp"

// What a schema holds beside tables: sequences, domains, views, functions, triggers, row security. Values; the texts in
// them are SQL as PostgreSQL takes it (manual, part VI, "SQL Commands"), names are bare and quoted where needed.
namespace support::schema {

// What is not set is left to PostgreSQL.
struct SequenceOptions {
  std::string schema = {};
  std::string data_type = {};  // smallint, integer or bigint
  std::optional<std::int64_t> start = {};
  std::optional<std::int64_t> increment = {};
  std::optional<std::int64_t> minvalue = {};
  std::optional<std::int64_t> maxvalue = {};
  bool nominvalue = false;
  bool nomaxvalue = false;
  std::optional<bool> cycle = {};
  std::optional<std::int64_t> cache = {};
  std::string owned_by = {};  // "table.column", as SQL spells it; dropped with that column

  bool operator==(const SequenceOptions&) const = default;
};
struct Sequence : SequenceOptions {
  explicit Sequence(std::string sequence_name, SequenceOptions options = {})
      : SequenceOptions(std::move(options)), name(std::move(sequence_name)) {}

  std::string name;
  bool operator==(const Sequence&) const = default;
};

struct DomainOptions {
  std::string schema = {};
  std::string collation = {};  // as SQL spells it
  std::optional<ServerDefault> server_default = {};
  bool nullable = true;
  std::vector<CheckConstraint> checks = {};  // VALUE is the value

  bool operator==(const DomainOptions&) const = default;
};
struct Domain : DomainOptions {
  Domain(std::string domain_name, Type base_type, DomainOptions options = {})
      : DomainOptions(std::move(options)), name(std::move(domain_name)), type(std::move(base_type)) {}

  std::string name;
  Type type;
  bool operator==(const Domain&) const = default;
};

struct ViewOptions {
  std::string schema = {};
  std::vector<std::string> columns = {};  // names that the view gives its columns
  NamePairs with = {};                    // security_barrier, security_invoker
  std::string check_option = {};          // LOCAL or CASCADED

  bool operator==(const ViewOptions&) const = default;
};
struct View : ViewOptions {
  View(std::string view_name, std::string select, ViewOptions options = {})
      : ViewOptions(std::move(options)), name(std::move(view_name)), query(std::move(select)) {}

  std::string name;
  std::string query;  // without the closing semicolon
  bool operator==(const View&) const = default;
};

struct MaterializedViewOptions {
  std::string schema = {};
  std::vector<std::string> columns = {};
  std::string using_ = {};  // table access method
  NamePairs with = {};      // storage parameters
  std::string tablespace = {};
  bool with_data = true;  // false: it can't be read until it is refreshed

  bool operator==(const MaterializedViewOptions&) const = default;
};
struct MaterializedView : MaterializedViewOptions {
  MaterializedView(std::string view_name, std::string select, MaterializedViewOptions options = {})
      : MaterializedViewOptions(std::move(options)), name(std::move(view_name)), query(std::move(select)) {}

  std::string name;
  std::string query;
  bool operator==(const MaterializedView&) const = default;
};

enum class Routine { function, procedure };

struct FunctionOptions {
  std::string schema = {};
  Routine kind = Routine::function;
  std::string arguments = {};  // "a integer, b integer DEFAULT 2"
  std::string returns = {};    // "integer", "SETOF text", "TABLE (a integer)", "trigger"; none for a procedure
  std::string language = "sql";
  std::string volatility = {};  // IMMUTABLE, STABLE or VOLATILE
  bool strict = false;
  bool leakproof = false;
  bool security_definer = false;
  std::string parallel = {};  // SAFE, RESTRICTED or UNSAFE
  std::optional<double> cost = {};
  std::optional<double> rows = {};
  NamePairs set = {};  // configuration parameters while it runs: {"search_path", "pg_catalog"}
  bool standard_body =
      false;  // the body is RETURN … or BEGIN ATOMIC … END itself, not a text (PostgreSQL 14 and later)

  bool operator==(const FunctionOptions&) const = default;
};
// A function or a procedure.
struct Function : FunctionOptions {
  Function(std::string function_name, std::string text, FunctionOptions options = {})
      : FunctionOptions(std::move(options)), name(std::move(function_name)), body(std::move(text)) {}

  std::string name;
  std::string body;
  bool operator==(const Function&) const = default;
};

struct TriggerOptions {
  std::string schema = {};        // of the table
  std::string timing = "BEFORE";  // BEFORE, AFTER or INSTEAD OF
  bool for_each_row = true;       // false: for each statement
  std::string when = {};          // a condition on OLD and NEW, without the parentheses
  std::string old_table = {};     // names of the transition tables
  std::string new_table = {};
  std::vector<std::string> arguments = {};  // constants handed to the function
  bool constraint = false;                  // a constraint trigger, which may be deferred
  std::optional<bool> deferrable = {};
  std::string initially = {};

  bool operator==(const TriggerOptions&) const = default;
};
struct Trigger : TriggerOptions {
  // `trigger_events`: INSERT, UPDATE, UPDATE OF a, b, DELETE, TRUNCATE. `trigger_function`: its name, as SQL spells it.
  Trigger(std::string trigger_name, std::string table_name, std::vector<std::string> trigger_events,
          std::string trigger_function, TriggerOptions options = {})
      : TriggerOptions(std::move(options)),
        name(std::move(trigger_name)),
        table(std::move(table_name)),
        events(std::move(trigger_events)),
        function(std::move(trigger_function)) {}

  std::string name;
  std::string table;
  std::vector<std::string> events;
  std::string function;
  bool operator==(const Trigger&) const = default;
};

struct PolicyOptions {
  std::string schema = {};  // of the table
  bool permissive = true;
  std::string command = {};             // ALL, SELECT, INSERT, UPDATE or DELETE; empty: all
  std::vector<std::string> roles = {};  // empty: everybody
  std::string using_ = {};              // which rows are seen, without the parentheses
  std::string with_check = {};          // which rows may be written

  bool operator==(const PolicyOptions&) const = default;
};
struct Policy : PolicyOptions {
  Policy(std::string policy_name, std::string table_name, PolicyOptions options = {})
      : PolicyOptions(std::move(options)), name(std::move(policy_name)), table(std::move(table_name)) {}

  std::string name;
  std::string table;
  bool operator==(const Policy&) const = default;
};

enum class Existing { refuse, keep, replace };  // nothing, IF NOT EXISTS, OR REPLACE

// The CREATE statements, without the closing semicolon. Throw std::invalid_argument on a word that is not SQL's.
std::string create_sequence_sql(const Sequence& sequence, Existing existing = Existing::refuse);
// "AS bigint INCREMENT BY 2 …", what CREATE and ALTER SEQUENCE share; empty when nothing is set.
std::string sequence_options_sql(const SequenceOptions& options);
std::string create_domain_sql(const Domain& domain, const ServerFeatures& server);
std::string create_view_sql(const View& view, Existing existing = Existing::refuse);
std::string create_materialized_view_sql(const MaterializedView& view, Existing existing = Existing::refuse);
std::string create_function_sql(const Function& function, Existing existing = Existing::refuse);
std::string create_trigger_sql(const Trigger& trigger, Existing existing = Existing::refuse);
std::string create_policy_sql(const Policy& policy);
// "TO a, b USING (…) WITH CHECK (…)", what CREATE and ALTER POLICY share.
std::string policy_clauses_sql(const PolicyOptions& policy);

}  // namespace support::schema
