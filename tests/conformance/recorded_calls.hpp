#pragma once

#include <boost/json.hpp>

#include "app/alembic/operations/operations.hpp"

namespace support::tests {

// Calls `op` as a call that op_sql/read_cases.py has read says. Throws std::invalid_argument on one that we have not.
void invoke_recorded(alembic::Operations& op, const boost::json::value& call);

}  // namespace support::tests
