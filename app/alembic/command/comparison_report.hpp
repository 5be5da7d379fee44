#pragma once

#include <string>

#include <boost/json.hpp>

#include "app/alembic/command/comparison.hpp"

namespace support::alembic::command {

// The document of `diff --format json`.
boost::json::object to_json(const ComparisonResult& result);

// Logs the differences, and prints the sentence with a line for each, or the document with the sentence as "message".
// ExitCode::found when there is any; then the sentence is a failure.
ExitCode report_comparison(Context& context, const ComparisonResult& result, const std::string& sentence);

}  // namespace support::alembic::command
