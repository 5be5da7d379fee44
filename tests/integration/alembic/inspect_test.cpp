// What the inspector reads from a real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/alembic/database_session.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

class Inspect : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = new TestDatabase;
    database_->sql(every_kind());
    DatabaseSession session(*database_);
    snapshot_ = inspect(*session, {.access = InspectOptions::AccessRights::read});
  }
  static void TearDownTestSuite() {
    delete database_;
    database_ = nullptr;
  }

  template <class T>
  static const T& find(const std::vector<T>& list, const std::string& name) {
    for (const auto& object : list) {
      if (object.name == name) return object;
    }
    throw std::out_of_range("There is no " + name);
  }
  static const Table& books() { return find(snapshot_.tables, "books"); }
  static const Column& book_column(const std::string& name) { return find(books().columns, name); }
  static const Constraint& book_constraint(const std::string& name) { return find(books().constraints, name); }
  static const Index& book_index(const std::string& name) { return find(books().indexes, name); }

  inline static TestDatabase* database_ = nullptr;
  inline static CatalogSnapshot snapshot_;
};

TEST_F(Inspect, ReadsSchemasAndExtensionsButNothingThatBelongsToThem) {
  EXPECT_EQ(snapshot_.schemas.size(), 3U);
  EXPECT_EQ(find(snapshot_.schemas, "library").comment, "Books and who has them");
  EXPECT_EQ(find(snapshot_.schemas, "public").comment, "");
  ASSERT_EQ(snapshot_.extensions.size(), 2U);
  EXPECT_EQ(find(snapshot_.extensions, "pg_trgm").schema, "library");
  EXPECT_THAT(snapshot_.routines, Each(Field(&Routine::name, testing::Not(HasSubstr("trgm")))));
}

TEST_F(Inspect, ReadsTypes) {
  const auto& genre = find(snapshot_.enums, "genre");
  EXPECT_THAT(genre.labels, ElementsAre("novel", "it's poetry", "a, b \"c\"", "back\\slash"));
  EXPECT_EQ(genre.comment, "What it is about");
  const auto& isbn = find(snapshot_.domains, "isbn");
  EXPECT_EQ(isbn.type, "character varying(17)");
  EXPECT_EQ(isbn.collation, "\"C\"");
  EXPECT_TRUE(isbn.not_null);
  EXPECT_EQ(isbn.default_sql, "''::character varying");
  ASSERT_EQ(isbn.checks.size(), 2U);
  EXPECT_EQ(isbn.checks[0].name, "isbn_digits");
  const auto& place = find(snapshot_.composites, "place");
  ASSERT_EQ(place.attributes.size(), 2U);
  EXPECT_EQ(place.attributes[0].comment, "From the door");
  EXPECT_EQ(place.attributes[1].collation, "\"C\"");
  EXPECT_THAT(find(snapshot_.ranges, "temperature").definition,
              AllOf(HasSubstr("SUBTYPE = double precision"), HasSubstr("SUBTYPE_DIFF = float8mi")));
}

TEST_F(Inspect, ListsTheSequencesThatNoIdentityAndNoSerialOwns) {
  std::vector<std::string> names;
  for (const auto& sequence : snapshot_.sequences) names.push_back(sequence.name);
  EXPECT_THAT(names, ElementsAre("lists", "tickets", "counters"));
  const auto& tickets = find(snapshot_.sequences, "tickets");
  EXPECT_EQ(tickets.options, (SequenceOptions{.type = "integer",
                                              .start = 100,
                                              .minimum = 10,
                                              .maximum = 100000,
                                              .increment = 5,
                                              .cache = 3,
                                              .cycle = true}));
  EXPECT_EQ(find(snapshot_.sequences, "lists").owned_by, "library.books.pages");
  EXPECT_EQ(find(snapshot_.sequences, "counters").persistence, Persistence::unlogged);
}

TEST_F(Inspect, ReadsWhatAColumnIs) {
  EXPECT_EQ(book_column("title").type, "character varying(200)");
  EXPECT_EQ(book_column("title").collation, "\"C\"");
  EXPECT_EQ(book_column("title").default_sql, "'untitled'::character varying");
  EXPECT_EQ(book_column("title").statistics, 500);
  EXPECT_TRUE(book_column("title").not_null);
  EXPECT_FALSE(book_column("price").not_null);
  EXPECT_EQ(book_column("genres").type, "library.genre[]");
  EXPECT_EQ(book_column("genre").default_sql, "'novel'::library.genre");
  EXPECT_EQ(book_column("printed").type, "timestamp(3) with time zone");
  EXPECT_EQ(book_column("appeared").default_sql, "'2020-01-01 10:00:00+00'::timestamp with time zone");
  EXPECT_EQ(book_column("ticket").default_sql, "nextval('library.tickets'::regclass)");
  EXPECT_EQ(book_column("pages_twice").generated, Generated::stored);
  EXPECT_EQ(book_column("pages_twice").default_sql, "(pages * 2)");
  EXPECT_EQ(book_column("text_body").storage, "EXTERNAL");
  EXPECT_EQ(book_column("text_body").compression, "pglz");
  EXPECT_THAT(book_column("pages").options, ElementsAre("n_distinct=-0.5"));
}

TEST_F(Inspect, TellsSerialFromIdentity) {
  const auto& serial = book_column("id");
  EXPECT_TRUE(serial.is_serial());
  EXPECT_EQ(serial.default_sql, std::nullopt);
  EXPECT_EQ(serial.sequence->name, "books_id_seq");
  EXPECT_FALSE(book_column("ticket").is_serial());
  const auto& identity = find(find(snapshot_.tables, "authors").columns, "id");
  EXPECT_EQ(identity.identity, Identity::always);
  EXPECT_FALSE(identity.is_serial());
  EXPECT_EQ(identity.sequence->options.start, 1000);
  EXPECT_EQ(identity.sequence->options.increment, 10);
}

TEST_F(Inspect, ReadsConstraints) {
  const auto& translated = book_constraint("translated");
  EXPECT_EQ(translated.kind, ConstraintKind::foreign_key);
  EXPECT_EQ(translated.referent, (Referent{"library", "authors", {"id"}}));
  EXPECT_EQ(translated.match, "FULL");
  EXPECT_EQ(translated.on_delete, "SET NULL");
  EXPECT_TRUE(translated.deferrable);
  EXPECT_FALSE(translated.initially_deferred);
  EXPECT_TRUE(book_constraint("books_isbn_key").initially_deferred);
  EXPECT_TRUE(book_constraint("pages_positive").no_inherit);
  EXPECT_EQ(book_constraint("pages_positive").expression, "(pages > 0)");
  EXPECT_FALSE(book_constraint("price_known").validated);
  EXPECT_EQ(book_constraint("not_twice").kind, ConstraintKind::exclusion);
  EXPECT_EQ(book_constraint("books_pk").definition, "PRIMARY KEY (id) INCLUDE (title)");
  EXPECT_EQ(find(find(snapshot_.tables, "authors").constraints, "authors_name_born_key").comment, "Nobody twice");
}

TEST_F(Inspect, ReadsIndexesWithoutThoseOfConstraints) {
  std::vector<std::string> names;
  for (const auto& index : books().indexes) names.push_back(index.name);
  EXPECT_THAT(names, ElementsAre("books_identity", "books_like", "books_once", "books_title", "books_trigrams"));
  const auto& title = book_index("books_title");
  ASSERT_EQ(title.keys.size(), 2U);
  EXPECT_EQ(title.keys[0], (IndexKey{"lower((title)::text)", true, "", true, true}));
  EXPECT_EQ(title.keys[1], (IndexKey{"pages", false, "", false, true}));
  EXPECT_THAT(title.include, ElementsAre("price"));
  EXPECT_EQ(title.predicate, "(pages > 1)");
  EXPECT_THAT(title.options, ElementsAre("fillfactor=70"));
  EXPECT_THAT(title.body, testing::StartsWith("btree (lower("));
  EXPECT_EQ(title.comment, "For the search box");
  EXPECT_EQ(book_index("books_like").keys[0].operator_class, "varchar_pattern_ops");
  EXPECT_TRUE(book_index("books_like").keys[1].descending);
  EXPECT_FALSE(book_index("books_like").keys[1].nulls_first);
  EXPECT_EQ(book_index("books_trigrams").keys[0].operator_class, "library.gin_trgm_ops");
  EXPECT_EQ(book_index("books_trigrams").method, "gin");
  EXPECT_TRUE(book_index("books_once").nulls_not_distinct);
  EXPECT_TRUE(book_index("books_once").unique);
}

TEST_F(Inspect, ReadsWhatATableIsBesideItsParts) {
  EXPECT_THAT(books().options, ElementsAre("autovacuum_enabled=off", "fillfactor=80", "toast.autovacuum_enabled=off"));
  EXPECT_TRUE(books().row_security);
  EXPECT_TRUE(books().row_security_forced);
  EXPECT_EQ(books().replica_identity, "USING INDEX books_identity");
  EXPECT_EQ(books().cluster_index, "books_pk");
  const auto& loans = find(snapshot_.tables, "loans");
  EXPECT_EQ(loans.kind, TableKind::partitioned);
  EXPECT_EQ(loans.partition_key, "RANGE (at)");
  const auto& part = find(snapshot_.tables, "loans_2025");
  EXPECT_EQ(part.partition_bound, "FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')");
  EXPECT_THAT(part.parents, ElementsAre(QualifiedName{"library", "loans"}));
  EXPECT_THAT(part.indexes, ElementsAre(Field(&Index::origin, Origin::inherited)));
  EXPECT_THAT(part.constraints, Each(Field(&Constraint::origin, Origin::inherited)));
  const auto& toys = find(snapshot_.tables, "toys");
  EXPECT_EQ(toys.persistence, Persistence::unlogged);
  EXPECT_EQ(find(toys.columns, "label").origin, Origin::inherited);
  EXPECT_EQ(find(toys.columns, "pieces").origin, Origin::own);
  EXPECT_EQ(find(snapshot_.tables, "places").of_type, "library.place");
}

TEST_F(Inspect, ReadsViewsRoutinesAndWhatHangsOnTables) {
  const auto& view = find(snapshot_.views, "long_books");
  EXPECT_THAT(view.definition, HasSubstr("FROM library.books"));
  EXPECT_THAT(view.options, ElementsAre("check_option=local", "security_barrier=true"));
  EXPECT_EQ(find(view.columns, "pages").comment, "Many");
  const auto& materialized = find(snapshot_.views, "by_author");
  EXPECT_TRUE(materialized.materialized);
  EXPECT_FALSE(materialized.populated);
  EXPECT_EQ(materialized.indexes.size(), 1U);

  std::vector<std::string> routines;
  for (const auto& routine : snapshot_.routines) routines.push_back(routine.name + '(' + routine.arguments + ')');
  EXPECT_THAT(routines, testing::IsSupersetOf({"slug(text, text)", "slug(text, integer)"}));
  EXPECT_EQ(find(snapshot_.routines, "longest").kind, RoutineKind::aggregate);
  EXPECT_THAT(find(snapshot_.routines, "longest").definition,
              HasSubstr("SFUNC = library.longer, STYPE = text, INITCOND = '', PARALLEL = SAFE"));
  EXPECT_EQ(find(snapshot_.routines, "tidy").kind, RoutineKind::procedure);

  EXPECT_THAT(find(snapshot_.triggers, "touched").definition, HasSubstr("ON library.books"));
  EXPECT_EQ(find(snapshot_.triggers, "later").enabled, "DISABLE");
  const auto& policy = find(snapshot_.policies, "cheap");
  EXPECT_FALSE(policy.permissive);
  EXPECT_EQ(policy.command, "UPDATE");
  EXPECT_THAT(policy.roles, ElementsAre("public"));
  EXPECT_EQ(policy.check, "(price < (20)::numeric)");
  EXPECT_EQ(find(snapshot_.rules, "quiet").comment, "They stay");
  EXPECT_EQ(find(snapshot_.statistics, "books_correlated").target, 50);
}

TEST_F(Inspect, ReadsOwnersAndGrantsWhenAsked) {
  const auto& authors = find(snapshot_.tables, "authors");
  EXPECT_EQ(authors.access.owner, "support_agent");
  EXPECT_THAT(authors.access.grants, testing::Contains("PUBLIC=SELECT"));
  EXPECT_THAT(find(authors.columns, "born").grants, ElementsAre("PUBLIC=UPDATE"));
  DatabaseSession session(*database_);
  const auto without = inspect(*session);
  EXPECT_EQ(find(without.tables, "authors").access, Access{});
}

TEST_F(Inspect, ReadsTheSameTwiceWhateverTheSessionIsSetTo) {
  DatabaseSession session(*database_);
  session->execute(
      "SET search_path TO library, public; SET DateStyle TO 'German'; SET TimeZone TO 'Asia/Tokyo'; SET bytea_output "
      "TO escape; SET quote_all_identifiers TO on; SET IntervalStyle TO iso_8601");
  const InspectOptions with_access{.access = InspectOptions::AccessRights::read};
  EXPECT_EQ(inspect(*session, with_access), snapshot_);
  EXPECT_EQ(session->scalar("SHOW search_path"), "library, public");
}

// PostgreSQL 15.20 notes it by itself; older servers are given it here.
TEST_F(Inspect, LeavesOutWhenTheServerChangedAColumn) {
  const TestDatabase database;
  database.sql("CREATE TABLE shelf (place integer); ALTER TABLE shelf ALTER place SET (n_distinct = 7)");
  database.sql(
      "UPDATE pg_attribute SET attoptions = '{n_distinct=7,pg_attver=1}' WHERE attrelid = 'shelf'::regclass AND "
      "attname = 'place'");
  DatabaseSession session(database);
  const auto snapshot = inspect(*session);
  EXPECT_THAT(find(find(snapshot.tables, "shelf").columns, "place").options, ElementsAre("n_distinct=7"));
}

TEST_F(Inspect, LeavesTheVersionTableAndTemporaryTablesOut) {
  const TestDatabase database;
  DatabaseSession session(database);
  session->execute(
      "CREATE TABLE alembic_version (version_num text); CREATE SCHEMA other; CREATE TABLE "
      "other.alembic_version (a text); CREATE TEMPORARY TABLE passing (a text)");
  const auto names = [](const CatalogSnapshot& snapshot) {
    std::vector<std::string> result;
    for (const auto& table : snapshot.tables) result.push_back(table.schema + '.' + table.name);
    return result;
  };
  EXPECT_THAT(names(inspect(*session)), ElementsAre("other.alembic_version"));
  EXPECT_THAT(names(inspect(*session, {.version_table_schema = "other"})), ElementsAre("public.alembic_version"));
  EXPECT_THAT(names(inspect(*session, {.schemas = {"other"}, .version_table = "versions"})),
              ElementsAre("other.alembic_version"));
}

TEST_F(Inspect, SeesNoDifferenceAfterDumpAndRestore) {
  if (snapshot_.server_version >= 160000) GTEST_SKIP() << "pg_dump 15 refuses to read a newer server.";
  const TestDatabase restored;
  DatabaseSession session(restored);
  // pg_dump's own set_config() would stay with the session.
  DatabaseSession(restored)->execute(database_->dump_schema());
  const auto copy = inspect(*session);
  DatabaseSession original(*database_);
  EXPECT_THAT(descriptions(compare(inspect(*original), copy, {.compare_column_order = true})), IsEmpty());
  EXPECT_EQ(inspect(*original), copy);
}

}  // namespace
}  // namespace support::tests
