#pragma once

#include <string>
#include <string_view>

#include "app/alembic/autogenerate/catalog.hpp"

// Taking texts of the server's deparser apart. It writes quotes inside of quotes twice, and no comments.
namespace support::alembic::autogenerate {

// The position behind the parenthesis that closes the one at `open`; npos when there is none.
std::size_t end_of_parentheses(std::string_view sql, std::size_t open);

// "a, lower(b), (c || ',')" → its three parts, without the blanks around them.
Texts split_list(std::string_view sql);

// "(a > 0)" → "a > 0"; a text that one pair of parentheses does not enclose stays.
std::string_view without_parentheses(std::string_view sql);

// "app.\"My Table\"" as an ObjectName's parts spell it.
std::string quoted_name(const QualifiedName& name);

// "fillfactor=70" → "fillfactor = '70'", each, joined by ", "; what a value says is quoted.
std::string parameter_list(const Texts& options);

}  // namespace support::alembic::autogenerate
