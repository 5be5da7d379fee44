#pragma once

#include <map>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "app/alembic/script/script_directory.hpp"

// The cases measured on Alembic itself, in ../shared/cases beside the checkout.
namespace support::tests {

// Whether the folder with the cases is there.
bool have_cases();
std::string cases_path(const std::string& file);
std::vector<boost::json::object> read_lines(const std::string& file);
// Named graphs, as revisions in load order.
std::map<std::string, std::vector<alembic::Revision>> read_graphs(const std::string& file);

std::vector<std::string> strings(const boost::json::value& list);
std::string text(const boost::json::value& value);
// A text stays one identifier, null is "base", a list or set is a list of identifiers.
alembic::Target target(const boost::json::value& value);

// Scripts without bodies, whose message is their id.
alembic::ScriptDirectory directory_of(const std::vector<alembic::Revision>& revisions);

}  // namespace support::tests
