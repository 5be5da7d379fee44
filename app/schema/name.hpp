#pragma once

#include <optional>
#include <string>
#include <utility>

namespace support::schema {

// The name of a constraint or an index. An empty one is left to the naming convention and, where that says nothing, to
// PostgreSQL (<table>_<columns>_key, _fkey, _check, _pkey).
class Name {
 public:
  Name() = default;
  Name(std::nullopt_t) {}
  Name(const char* text) : text_(text) {}
  Name(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }
  operator const std::string&() const { return text_; }
  bool empty() const { return text_.empty(); }

  // No convention touches it.
  bool is_final() const { return origin_ == Origin::final; }
  // Made up from table and column for want of another; a convention replaces it.
  bool is_made_up() const { return origin_ == Origin::made_up; }
  bool is_quoted() const { return is_quoted_; }

  // Equal when they print the same.
  bool operator==(const Name& other) const { return text_ == other.text_ && is_quoted_ == other.is_quoted_; }

 private:
  enum class Origin { author, final, made_up };

  friend Name f(std::string name);
  friend Name quoted(Name name);
  friend Name made_up(std::string name);

  std::string text_;
  Origin origin_ = Origin::author;
  bool is_quoted_ = false;
};

// Alembic's op.f(): the name is complete, no naming convention applies to it. One of more than 63 characters is cut as
// SQLAlchemy cuts it: the first 55, an underscore and the last four hexadecimal digits of its MD5.
Name f(std::string name);

// In double quotes even where PostgreSQL needs none.
Name quoted(Name name);

// See Name::is_made_up(); cut as f() cuts.
Name made_up(std::string name);

}  // namespace support::schema
