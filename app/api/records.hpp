#pragma once

#include <string>

#include "app/api/json_text.hpp"
#include "app/database/repositories/conversations.hpp"
#include "app/database/repositories/customers.hpp"
#include "app/database/repositories/messages.hpp"

namespace support::api {

// The resources as the API shows them (docs/api.md).
void append_json(std::string& out, const database::Customer& customer);
void append_json(std::string& out, const database::Conversation& conversation);
void append_json(std::string& out, const database::Message& message);

template <class Record>
std::string to_json(const Record& record) {
  std::string text;
  text.reserve(512);
  append_json(text, record);
  return text;
}

}  // namespace support::api
