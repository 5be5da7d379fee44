#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the tool has to know of a statement's text before it runs. Everything else is the server's business. A statement
// that is not complete is read as far as it goes.
namespace support::alembic {

struct Word {
  std::string_view text;  // as written, quotes included
  std::size_t offset;     // in the statement
};

// The words at the beginning of a statement, at most `count`, up to the first thing that is no name, over blanks and
// comments.
std::vector<Word> leading_words(std::string_view statement, std::size_t count);
// Whether they begin with these key words, in any case.
bool begins_with(const std::vector<Word>& words, const std::vector<std::string_view>& key_words);

// The name that a word means: folded to lower case, or what is between the quotes.
std::string name_of(std::string_view word);

enum class TransactionControl { none, begins, ends };

// Whether a statement begins or ends a transaction (BEGIN, START TRANSACTION; COMMIT, END, ROLLBACK, ABORT, PREPARE
// TRANSACTION). Savepoints do neither.
TransactionControl transaction_control(std::string_view statement);

// Whether a statement has to be a message of its own. The server reads a message as a whole before it runs any of it,
// so a change of how it reads would come too late: SET and its relatives, and the backslash, whose meaning is a
// setting. And a savepoint can bring a failed transaction back to life.
bool needs_own_message(std::string_view statement);

// Whether a statement is a COPY that reads rows from the client, or sends rows to it.
enum class CopyDirection { none, from_client, to_client };
CopyDirection copy_direction(std::string_view statement);

// CREATE INDEX CONCURRENTLY, as far as cleaning up after it needs. Names are as the statement spells them.
struct ConcurrentIndex {
  std::string index;   // with the schema of its table; empty when the server names it
  std::string schema;  // of the table, empty: the search path decides
  std::string table;   // with its schema
};
std::optional<ConcurrentIndex> concurrent_index(std::string_view statement);

// REINDEX … CONCURRENTLY.
bool is_concurrent_reindex(std::string_view statement);

// DROP INDEX CONCURRENTLY of one index: its name as the statement spells it.
std::optional<std::string> concurrently_dropped_index(std::string_view statement);

// ALTER TABLE parent DETACH PARTITION partition CONCURRENTLY, with the names as the statement spells them.
struct ConcurrentDetach {
  std::string parent;
  std::string partition;
};
std::optional<ConcurrentDetach> concurrent_detach(std::string_view statement);

// Whether the word CONCURRENTLY stands anywhere in a text, a comment or a string included: a quick look.
bool mentions_concurrently(std::string_view text);

// Whether it is one of the four statements with CONCURRENTLY that PostgreSQL refuses inside a transaction.
bool runs_outside_transactions(std::string_view statement);

// Whether the statement may commit by itself, as the code that it runs may: CALL and DO.
bool may_commit(std::string_view statement);

// The statement without the word CONCURRENTLY, which no transaction allows and which makes no difference to the result.
std::string without_concurrently(std::string_view statement);

// The extension of CREATE EXTENSION [IF NOT EXISTS] name; absent for other statements.
std::optional<std::string> created_extension(std::string_view statement);

}  // namespace support::alembic
