#include "app/alembic/safety/syntax/lexer.hpp"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <cstdint>
#include <memory>

namespace support::alembic::safety {

namespace {

char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

// The length of the UTF-8 sequence that begins here (RFC 3629), 0 when none does.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return lead == 0 ? 0 : 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!follows(1) || !follows(2)) return 0;
    if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F)) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if ((lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) return 0;
    return 4;
  }
  return 0;
}

void require_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto length = sequence_length(text.substr(i));
    if (length == 0) throw SyntaxError("a byte that is not part of UTF-8 text", i);
    i += length;
  }
}

Token::Kind kind_of(const PgQuery__ScanToken& token) {
  switch (token.token) {
    case PG_QUERY__TOKEN__SQL_COMMENT:
    case PG_QUERY__TOKEN__C_COMMENT:
      return Token::Kind::comment;
    case PG_QUERY__TOKEN__IDENT:
    case PG_QUERY__TOKEN__UIDENT:
      return Token::Kind::identifier;
    case PG_QUERY__TOKEN__SCONST:
    case PG_QUERY__TOKEN__USCONST:
    case PG_QUERY__TOKEN__FCONST:
    case PG_QUERY__TOKEN__ICONST:
    case PG_QUERY__TOKEN__BCONST:
    case PG_QUERY__TOKEN__XCONST:
      return Token::Kind::literal;
    default:
      return token.keyword_kind == PG_QUERY__KEYWORD_KIND__NO_KEYWORD ? Token::Kind::symbol : Token::Kind::word;
  }
}

struct ScanResult {
  explicit ScanResult(const std::string& text) : result(pg_query_scan(text.c_str())) {}
  ~ScanResult() { pg_query_free_scan_result(result); }
  ScanResult(const ScanResult&) = delete;
  ScanResult& operator=(const ScanResult&) = delete;

  PgQueryScanResult result;
};

// The scanner does not say where an unterminated quote begins, the parser does.
std::size_t place_of_scan_error(const std::string& text) {
  const auto parsed = pg_query_parse(text.c_str());
  const int place = parsed.error == nullptr ? 1 : parsed.error->cursorpos;
  pg_query_free_parse_result(parsed);
  return place < 1 ? 0 : byte_offset(text, static_cast<std::size_t>(place - 1));
}

}  // namespace

bool same_word(std::string_view text, std::string_view capitals) {
  return std::equal(text.begin(), text.end(), capitals.begin(), capitals.end(),
                    [](char letter, char capital) { return upper(letter) == capital; });
}

bool Token::is(std::string_view keyword) const {
  return (kind == Kind::word || kind == Kind::identifier || kind == Kind::symbol) && same_word(text, keyword);
}

std::size_t byte_offset(std::string_view text, std::size_t characters) {
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (!starts) continue;
    if (characters == 0) break;
    --characters;
  }
  return i;
}

std::vector<Token> scan(const std::string& text) {
  require_utf8(text);
  const ScanResult scanned(text);
  const auto& result = scanned.result;
  if (result.error != nullptr) throw SyntaxError(result.error->message, place_of_scan_error(text));
  const std::unique_ptr<PgQuery__ScanResult, void (*)(PgQuery__ScanResult*)> unpacked(
      pg_query__scan_result__unpack(nullptr, result.pbuf.len, reinterpret_cast<const std::uint8_t*>(result.pbuf.data)),
      [](PgQuery__ScanResult* tokens) { pg_query__scan_result__free_unpacked(tokens, nullptr); });
  std::vector<Token> tokens;
  if (unpacked == nullptr) throw SyntaxError("the scanner's answer can't be read", 0);
  tokens.reserve(unpacked->n_tokens);
  for (std::size_t i = 0; i < unpacked->n_tokens; ++i) {
    const auto& token = *unpacked->tokens[i];
    const auto begin = static_cast<std::size_t>(token.start);
    const auto length = static_cast<std::size_t>(token.end - token.start);
    tokens.push_back({kind_of(token), std::string_view(text).substr(begin, length), begin});
  }
  return tokens;
}

}  // namespace support::alembic::safety
