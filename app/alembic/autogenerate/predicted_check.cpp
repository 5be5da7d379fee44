#include "app/alembic/autogenerate/predicted_check.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include "app/alembic/autogenerate/predicted_key.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr auto operators = std::to_array<std::string_view>({"=", "<>", "<=", ">=", "<", ">"});

bool is_integer(const std::string& type) {
  return type == "smallint" || type == "integer" || type == "bigint";
}

bool is_varying(const std::string& type) {
  return type.starts_with("character varying") && !type.ends_with("[]");
}

std::string read_operator(SqlCursor& cursor) {
  if (cursor.take_operator("!=")) return "<>";
  for (const auto candidate : operators) {
    if (cursor.take_operator(candidate)) return std::string(candidate);
  }
  throw NotPredictable();
}

// The constant is an integer or, with a point, numeric; the server's deparser shows the cast that it needs.
std::string read_number(SqlCursor& cursor, const std::string& type) {
  const bool is_negative = cursor.take_symbol('-');
  const auto digits = cursor.number();
  const bool has_point = digits.find('.') != std::string_view::npos;
  if (digits.size() > 1 && digits[0] == '0' && digits[1] != '.') throw NotPredictable();
  std::int64_t value = 0;
  if (!has_point) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || value > std::numeric_limits<std::int32_t>::max()) throw NotPredictable();
  }
  if (is_integer(type) && !has_point) {
    if (is_negative && value == 0) throw NotPredictable();
    return is_negative ? fmt::format("'-{}'::integer", digits) : std::string(digits);
  }
  if (is_negative) throw NotPredictable();
  const bool is_numeric = type.starts_with("numeric") && !type.ends_with("[]");
  if (is_numeric) return has_point ? std::string(digits) : fmt::format("({})::numeric", digits);
  if (type != "double precision") throw NotPredictable();
  return fmt::format("({})::double precision", digits);
}

std::string text_constant(SqlCursor& cursor, std::string_view type) {
  return fmt::format("{}::{}", schema::quote_literal(cursor.string()), type);
}

// "IN ('a', 'b')", which is kept as a comparison with an array; one text alone is kept as an equality.
std::string read_texts(SqlCursor& cursor, const std::string& column, const std::string& type) {
  const std::string_view element = is_varying(type) ? "character varying" : "text";
  Texts constants;
  cursor.require_symbol('(');
  do {
    constants.push_back(text_constant(cursor, element));
  } while (cursor.take_symbol(','));
  cursor.require_symbol(')');
  if (constants.size() < 2) throw NotPredictable();
  const auto array = fmt::format("ARRAY[{}]", fmt::join(constants, ", "));
  if (is_varying(type)) return fmt::format("(({})::text = ANY (({})::text[]))", column, array);
  return fmt::format("({} = ANY ({}))", column, array);
}

class CheckReader {
 public:
  CheckReader(SqlCursor& cursor, PredictedTable& predicted, const Column* own)
      : cursor_(cursor), predicted_(predicted), own_(own) {}

  // The comparisons as the deparser spells them.
  std::string read() {
    cursor_.require_symbol('(');
    const auto comparisons = read_conjunction();
    cursor_.require_symbol(')');
    if (comparisons.size() == 1) return comparisons.front();
    return fmt::format("({})", fmt::join(comparisons, " AND "));
  }

  const std::string& column() const { return column_; }

 private:
  // One of several inside another is kept as it is written; that is not looked into.
  Texts read_conjunction() {
    Texts comparisons;
    std::size_t parts = 0;
    do {
      ++parts;
      if (!cursor_.take_symbol('(')) {
        comparisons.push_back(read_comparison());
        continue;
      }
      auto inner = read_conjunction();
      cursor_.require_symbol(')');
      std::ranges::move(inner, std::back_inserter(comparisons));
    } while (cursor_.take("AND"));
    if (parts > 1 && comparisons.size() > parts) throw NotPredictable();
    return comparisons;
  }

  std::string read_comparison() {
    const auto& column = column_of(cursor_.identifier());
    const auto name = schema::quote_identifier(column.name);
    const bool is_text = column.type == "text" || is_varying(column.type);
    if (is_text && cursor_.take("IN")) return read_texts(cursor_, name, column.type);
    const auto comparison = read_operator(cursor_);
    if (!is_text) return fmt::format("({} {} {})", name, comparison, read_number(cursor_, column.type));
    if (comparison != "=" && comparison != "<>") throw NotPredictable();
    return fmt::format("({} {} {})", is_varying(column.type) ? fmt::format("({})::text", name) : name, comparison,
                       text_constant(cursor_, "text"));
  }

  const Column& column_of(const std::string& name) {
    if (!column_.empty() && column_ != name) throw NotPredictable();
    column_ = name;
    if (own_ == nullptr) return column_named(predicted_.table, name);
    if (own_->name != name) throw NotPredictable();
    return *own_;
  }

  SqlCursor& cursor_;
  PredictedTable& predicted_;
  const Column* own_;
  std::string column_;  // the one that is spoken of
};

}  // namespace

void read_check(SqlCursor& cursor, std::string name, PredictedTable& predicted, const Column* own) {
  CheckReader reader(cursor, predicted, own);
  Constraint check{.name = std::move(name), .kind = ConstraintKind::check};
  check.expression = reader.read();
  check.definition = fmt::format("CHECK ({})", check.expression);
  check.columns = {reader.column()};
  if (check.name.empty()) {
    check.name = generated_name(predicted, fmt::format("{}_{}_check", predicted.table.name, reader.column()));
  }
  add_constraint(predicted.table, std::move(check));
}

}  // namespace support::alembic::autogenerate
