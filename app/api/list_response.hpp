#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/api/cursor.hpp"
#include "app/api/query_reader.hpp"
#include "app/api/records.hpp"
#include "app/http/response.hpp"

namespace support::api {

// {"items": […], "next_cursor": "…" or null} around the array's `items`, with Link: rel="next" while there is more.
http::Response list_response(const http::Request& request, const std::string& items, const std::string& next_cursor);

// `rows` as QueryReader::page() asked for them: one more than the page holds when there is a next page.
template <class Record>
http::Response list_response(const http::Request& request, const QueryReader& query, const CursorSigner& cursors,
                             std::vector<Record> rows, const database::Page& page) {
  const auto page_size = static_cast<std::size_t>(page.limit - 1);
  std::string next_cursor;
  if (rows.size() > page_size) {
    rows.resize(page_size);
    next_cursor = cursors.sign(query.scope(), rows.back().id);
  }
  std::string items;
  items.reserve(rows.size() * 512);
  for (const Record& row : rows) {
    if (!items.empty()) items += ',';
    append_json(items, row);
  }
  return list_response(request, items, next_cursor);
}

}  // namespace support::api
