#include "app/api/records.hpp"

#include <chrono>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace support::api {
namespace json = boost::json;
namespace {

template <class T>
json::value or_null(const std::optional<T>& value) {
  if (!value) return nullptr;
  return json::value(*value);
}

// The column is text: what another program wrote there need not be JSON.
json::value document_or_text(const std::optional<std::string>& text) {
  if (!text) return nullptr;
  boost::system::error_code failed;
  json::value document = json::parse(*text, failed);
  return failed ? json::value(*text) : document;
}

}  // namespace

std::string rfc3339(database::Timestamp time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

json::object to_json(const database::Customer& customer) {
  return {{"id", customer.id},
          {"customer_id", customer.customer_id},
          {"first_name", customer.first_name},
          {"last_name", customer.last_name},
          {"email", customer.email},
          {"phone", or_null(customer.phone)},
          {"account_number", or_null(customer.account_number)},
          {"is_active", customer.is_active},
          {"is_verified", customer.is_verified},
          {"is_vip", customer.is_vip},
          {"notes", or_null(customer.notes)},
          {"created_at", rfc3339(customer.created_at)},
          {"updated_at", rfc3339(customer.updated_at)}};
}

json::object to_json(const database::Conversation& conversation) {
  return {{"id", conversation.id},
          {"customer_id", conversation.customer_id},
          {"title", conversation.title},
          {"status", conversation.status},
          {"channel", conversation.channel},
          {"summary", or_null(conversation.summary)},
          {"intent", or_null(conversation.intent)},
          {"sentiment", or_null(conversation.sentiment)},
          {"message_count", conversation.message_count},
          {"escalation_reason", or_null(conversation.escalation_reason)},
          {"priority", conversation.priority},
          {"ticket_id", or_null(conversation.ticket_id)},
          {"assigned_group", or_null(conversation.assigned_group)},
          {"created_at", rfc3339(conversation.created_at)},
          {"updated_at", rfc3339(conversation.updated_at)}};
}

json::object to_json(const database::Message& message) {
  return {{"id", message.id},
          {"conversation_id", message.conversation_id},
          {"role", message.role},
          {"content", message.content},
          {"agent_name", or_null(message.agent_name)},
          {"intent", or_null(message.intent)},
          {"sentiment", or_null(message.sentiment)},
          {"confidence_score", or_null(message.confidence_score)},
          {"is_error", message.is_error},
          {"requires_human", message.requires_human},
          {"metadata", document_or_text(message.metadata_json)},
          {"created_at", rfc3339(message.created_at)},
          {"updated_at", rfc3339(message.updated_at)}};
}

}  // namespace support::api
