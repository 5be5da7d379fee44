#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/autogenerate/catalog.hpp"
#include "app/alembic/safety/roundtrip/check_constants.hpp"

namespace support::alembic::safety {

// A type as SQL spells it, in its parts: "timestamp(3) with time zone" is "timestamp with time zone" with 3.
struct TypeParts {
  std::string name;  // without modifiers and brackets
  std::vector<int> modifiers;
  bool is_array = false;
};
TypeParts parts_of_type(std::string_view type);

// Values of the types of a schema, as SQL expressions. Pure: what a domain or a CHECK thinks of them, the server says.
class MadeUpValues {
 public:
  // `earlier`: the schema before the migration; what an enum type has beyond it comes first. May be null. Both outlive
  // this object.
  explicit MadeUpValues(const autogenerate::CatalogSnapshot& schema,
                        const autogenerate::CatalogSnapshot* earlier = nullptr);

  // Different ones for different n, as far as the type has them. The first is what one would write without any
  // condition to satisfy; where there are `hints`, those follow that a condition may ask for. Empty: nobody knows how
  // such a value is written.
  std::vector<std::string> values(const std::string& type, unsigned n, const CheckConstants& hints = {}) const;

  // Null when the type is not one. The name is as SQL spells it.
  const autogenerate::Domain* find_domain(const std::string& type) const;

 private:
  std::vector<std::string> of_base_type(const std::string& type, unsigned n, const CheckConstants& hints) const;

  struct Labels {
    std::vector<std::string> in_order;
    bool begins_with_new = false;  // those that `earlier` has not
  };
  std::map<std::string, Labels, std::less<>> enums_;
  std::map<std::string, const autogenerate::Domain*, std::less<>> domains_;
  std::map<std::string, const autogenerate::Composite*, std::less<>> composites_;
  std::map<std::string, const autogenerate::Range*, std::less<>> ranges_;
};

}  // namespace support::alembic::safety
