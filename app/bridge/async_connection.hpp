#pragma once

#include "app/alembic/env.hpp"
#include "app/config/settings.hpp"

namespace support::bridge {

// `migrate --driver async`: sessions of the migration engine over the runtime engine's driver, each on an event loop of
// its own that turns only while a statement runs. They behave as libpqxx's do: simple protocol, no time limit of a
// statement, the time zone and every other setting as the server has it, notices in the log. The database is that of
// `settings`, found by the runtime engine's own reading of DATABASE_URL.
alembic::Connector async_connector(const config::Settings& settings);

}  // namespace support::bridge
