#include "app/alembic/operations/existing.hpp"

#include <stdexcept>

namespace support::alembic {

void irreversible(std::string_view what, std::string_view name, std::string_view reason) {
  throw std::invalid_argument(fmt::format("{} '{}' can't be reversed: {}.", what, name, reason));
}

void refuse_cascade(bool cascade, std::string_view name) {
  if (cascade) irreversible("The drop of", name, "what went with it by cascade is not known");
}

std::string agreed(std::string_view what, std::string_view name, const std::string& of_operation,
                   const std::string& of_existing) {
  if (of_existing.empty() || of_existing == of_operation) return of_operation;
  if (of_operation.empty()) return of_existing;
  irreversible(what, name,
               fmt::format("it names '{}' where .existing has '{}'; say the same in both", of_operation, of_existing));
}

schema::Name agreed_name(std::string_view what, const std::string& of_operation, const schema::Name& of_existing) {
  const std::string name = agreed(what, of_operation, of_operation, of_existing);
  return of_existing.empty() ? schema::f(name) : of_existing;
}

}  // namespace support::alembic
