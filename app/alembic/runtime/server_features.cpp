#include "app/alembic/runtime/server_features.hpp"

namespace support::alembic {

schema::ServerFeatures server_features(Bind& connection) {
  schema::ServerFeatures::Extensions extensions;
  for (const Bind::Row& row : connection.query("SELECT name FROM pg_available_extensions")) {
    extensions.insert(row.at(0).value_or(""));
  }
  return {.extensions = std::move(extensions)};
}

}  // namespace support::alembic
