#pragma once

#include "app/alembic/operations/bind.hpp"
#include "app/schema/server_features.hpp"

namespace support::alembic {

// What the server offers, asked on its connection.
schema::ServerFeatures server_features(Bind& connection);

}  // namespace support::alembic
