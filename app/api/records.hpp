#pragma once

#include <optional>
#include <string>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "app/database/repositories/conversations.hpp"
#include "app/database/repositories/customers.hpp"
#include "app/database/repositories/messages.hpp"
#include "app/database/types.hpp"

namespace support::api {

// The resources as the API shows them (docs/api.md).
boost::json::object to_json(const database::Customer& customer);
boost::json::object to_json(const database::Conversation& conversation);
boost::json::object to_json(const database::Message& message);

// RFC 3339 in UTC with microseconds: "2026-01-18T03:38:38.172294Z".
std::string rfc3339(database::Timestamp time);

}  // namespace support::api
