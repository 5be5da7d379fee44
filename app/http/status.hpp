#pragma once

#include <boost/beast/http/status.hpp>

namespace support::http {

// Status::ok, Status::created, Status::unprocessable_entity …
using Status = boost::beast::http::status;

}  // namespace support::http
