#include "app/alembic/safety/syntax/parse_tree.hpp"

#include <pg_query.h>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "app/alembic/safety/syntax/newer_syntax.hpp"

namespace support::alembic::safety {

namespace json = boost::json;

namespace {

// The tree of a longer chain of operators would not fit the stack of who walks it.
constexpr std::size_t longest_chain = 20000;
constexpr std::size_t deepest_tree = 6000;

struct Parsed {
  explicit Parsed(const std::string& sql) : result(pg_query_parse(sql.c_str())) {}
  ~Parsed() { pg_query_free_parse_result(result); }
  Parsed(const Parsed&) = delete;
  Parsed& operator=(const Parsed&) = delete;

  PgQueryParseResult result;
};

[[noreturn]] void refuse_depth(std::size_t offset) {
  throw SyntaxError("the statement nests too deeply to be analysed", offset);
}

// Each token without a comma beside it may nest the tree by one.
void check_chain(const std::vector<Token>& tokens) {
  std::vector<std::size_t> chains{0};
  std::size_t open = 0;
  for (const auto& token : tokens) {
    if (token.kind == Token::Kind::comment) continue;
    const char first = token.text.front();
    if (first == '(' || first == '[') {
      chains.push_back(0);
    } else if ((first == ')' || first == ']') && chains.size() > 1) {
      open -= chains.back();
      chains.pop_back();
    } else if (first == ',') {
      open -= chains.back();
      chains.back() = 0;
      continue;
    }
    ++chains.back();
    if (++open > longest_chain) refuse_depth(token.begin);
  }
}

}  // namespace

struct ParseTree::Storage {
  // The tree is freed as a whole, so that its depth costs no stack at the end.
  json::monotonic_resource memory;
  std::optional<json::value> tree;  // emplaced, as an assignment would copy it out of `memory`
};

ParseTree ParseTree::parse(const std::string& sql, const std::vector<Token>& tokens) {
  check_chain(tokens);
  std::optional<OlderWords> words;
  auto parsed = std::make_unique<Parsed>(sql);
  if (parsed->result.error != nullptr) {
    const std::string message = parsed->result.error->message;
    const int place = parsed->result.error->cursorpos;
    words = in_older_words(tokens);
    if (words) parsed = std::make_unique<Parsed>(words->sql);
    if (parsed->result.error != nullptr) {
      throw SyntaxError(message, place < 1 ? 0 : byte_offset(sql, static_cast<std::size_t>(place - 1)));
    }
  }
  ParseTree result;
  result.storage_ = std::make_shared<Storage>();
  json::parse_options options;
  options.max_depth = deepest_tree;
  json::error_code error;
  json::stream_parser parser(json::storage_ptr(), options);
  parser.reset(json::storage_ptr(&result.storage_->memory));
  const std::string_view text = parsed->result.parse_tree;
  parser.write(text.data(), text.size(), error);
  if (!error) parser.finish(error);
  if (error) refuse_depth(0);
  result.storage_->tree.emplace(parser.release());
  if (words) annotate(*result.storage_->tree, *words);
  return result;
}

Node ParseTree::root() const {
  if (storage_ == nullptr) return {};
  const auto statements = Node(&*storage_->tree).items("stmts");
  return statements.empty() ? Node() : statements.front()["stmt"];
}

}  // namespace support::alembic::safety
