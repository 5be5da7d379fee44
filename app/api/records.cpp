#include "app/api/records.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace support::api {
namespace json = boost::json;
namespace {

// The column is text: what another program wrote there need not be JSON.
std::string document_or_text(const std::optional<std::string>& text) {
  if (!text) return "null";
  boost::system::error_code failed;
  const json::value document = json::parse(*text, failed);
  return json::serialize(failed ? json::value(*text) : document);
}

}  // namespace

void append_json(std::string& out, const database::Customer& customer) {
  JsonObject(out)
      .member("id", customer.id)
      .member("customer_id", customer.customer_id)
      .member("first_name", customer.first_name)
      .member("last_name", customer.last_name)
      .member("email", customer.email)
      .member("phone", customer.phone)
      .member("account_number", customer.account_number)
      .member("is_active", customer.is_active)
      .member("is_verified", customer.is_verified)
      .member("is_vip", customer.is_vip)
      .member("notes", customer.notes)
      .member("created_at", customer.created_at)
      .member("updated_at", customer.updated_at)
      .end();
}

void append_json(std::string& out, const database::Conversation& conversation) {
  JsonObject(out)
      .member("id", conversation.id)
      .member("customer_id", conversation.customer_id)
      .member("title", conversation.title)
      .member("status", conversation.status)
      .member("channel", conversation.channel)
      .member("summary", conversation.summary)
      .member("intent", conversation.intent)
      .member("sentiment", conversation.sentiment)
      .member("message_count", conversation.message_count)
      .member("escalation_reason", conversation.escalation_reason)
      .member("priority", conversation.priority)
      .member("ticket_id", conversation.ticket_id)
      .member("assigned_group", conversation.assigned_group)
      .member("created_at", conversation.created_at)
      .member("updated_at", conversation.updated_at)
      .end();
}

void append_json(std::string& out, const database::Message& message) {
  JsonObject(out)
      .member("id", message.id)
      .member("conversation_id", message.conversation_id)
      .member("role", message.role)
      .member("content", message.content)
      .member("agent_name", message.agent_name)
      .member("intent", message.intent)
      .member("sentiment", message.sentiment)
      .member("confidence_score", message.confidence_score)
      .member("is_error", message.is_error)
      .member("requires_human", message.requires_human)
      .raw("metadata", document_or_text(message.metadata_json))
      .member("created_at", message.created_at)
      .member("updated_at", message.updated_at)
      .end();
}

}  // namespace support::api
