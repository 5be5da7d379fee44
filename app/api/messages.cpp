#include "app/api/messages.hpp"

#include "app/api/database_problem.hpp"
#include "app/api/fields.hpp"
#include "app/api/list_response.hpp"
#include "app/api/records.hpp"
#include "app/http/json_body.hpp"

namespace support::api {
namespace {
namespace asio = boost::asio;
using http::Request;
using http::Response;

constexpr std::size_t max_content = 20'000;
constexpr std::size_t max_metadata = 16 * 1024;

Response no_such_message(const Request& request) {
  return http::not_found(fmt::format("There is no message {}.", request.path_parameter("id")));
}

Response no_such_conversation(const Request& request) {
  return http::not_found(fmt::format("There is no conversation {}.", request.path_parameter("id")));
}

database::NewMessage read_new_message(const Request& request) {
  const auto body = http::parse_json_body(request).value();
  FieldReader fields(body);
  database::NewMessage message;
  message.role = fields.required_choice("role", message_roles);
  message.content = fields.required_text("content", {1, max_content});
  message.agent_name = fields.optional_text("agent_name", {1, 100});
  message.intent = fields.optional_text("intent", {1, 100});
  message.sentiment = fields.optional_text("sentiment", {1, 50});
  if (const auto score = fields.optional_integer("confidence_score", 0, 100)) {
    message.confidence_score = static_cast<std::int32_t>(*score);
  }
  message.is_error = fields.optional_bool("is_error").value_or(false);
  message.requires_human = fields.optional_bool("requires_human").value_or(false);
  message.metadata_json = fields.optional_object("metadata", max_metadata);
  fields.finish();
  return message;
}

database::MessagePatch read_message_patch(const Request& request) {
  const auto body = http::parse_json_body(request).value();
  FieldReader fields(body);
  fields.refuse_null("is_error");
  fields.refuse_null("requires_human");
  for (const auto name : {"role", "content", "agent_name", "metadata"}) {
    if (fields.has(name)) fields.add_error(name, "What was said stays as it is; this field can't be changed.");
  }
  database::MessagePatch patch;
  patch.intent = {fields.has("intent"), fields.optional_text("intent", {1, 100})};
  patch.sentiment = {fields.has("sentiment"), fields.optional_text("sentiment", {1, 50})};
  patch.confidence_score.present = fields.has("confidence_score");
  if (const auto score = fields.optional_integer("confidence_score", 0, 100)) {
    patch.confidence_score.value = static_cast<std::int32_t>(*score);
  }
  patch.is_error = fields.optional_bool("is_error");
  patch.requires_human = fields.optional_bool("requires_human");
  fields.finish();
  return patch;
}

asio::awaitable<Response> append_message(Services& services, const Request& request) {
  const auto conversation_id = path_id(request);
  if (!conversation_id) co_return no_such_conversation(request);
  auto message = read_new_message(request);
  database::Messages messages(services.database);
  auto result = co_await messages.append(*conversation_id, std::move(message), deadline_of(request));
  auto outcome = value_or_problem(std::move(result), request);
  if (const auto* appended = std::get_if<database::Message>(&outcome)) {
    co_return http::created(fmt::format("/api/v1/messages/{}", appended->id), to_json(*appended));
  }
  if (std::get<database::ConversationRefusal>(outcome) == database::ConversationRefusal::absent) {
    co_return no_such_conversation(request);
  }
  co_return http::conflict(fmt::format(
      "Conversation {} is not open; messages can be added while it is ACTIVE or ESCALATED.", *conversation_id));
}

asio::awaitable<Response> list_messages(Services& services, const Request& request) {
  const auto conversation_id = path_id(request);
  if (!conversation_id) co_return no_such_conversation(request);
  QueryReader query(request, services.cursors);
  database::MessageFilter filter;
  filter.role = query.optional_choice("role", message_roles);
  filter.requires_human = query.optional_bool("requires_human");
  const auto page = query.page();
  query.finish();
  database::Messages messages(services.database);
  auto result = co_await messages.list(*conversation_id, std::move(filter), page, database::Freshness::bounded,
                                       deadline_of(request));
  auto rows = value_or_problem(std::move(result), request);
  if (rows.empty()) {
    database::Conversations conversations(services.database);
    auto found = co_await conversations.find(*conversation_id, database::Freshness::bounded, deadline_of(request));
    if (!value_or_problem(std::move(found), request)) co_return no_such_conversation(request);
  }
  co_return list_response(request, query, services.cursors, std::move(rows), page);
}

asio::awaitable<Response> read_message(Services& services, const Request& request) {
  const auto id = path_id(request);
  if (!id) co_return no_such_message(request);
  database::Messages messages(services.database);
  auto result = co_await messages.find(*id, database::Freshness::bounded, deadline_of(request));
  const auto message = value_or_problem(std::move(result), request);
  if (!message) co_return no_such_message(request);
  co_return http::json_text(http::Status::ok, to_json(*message));
}

asio::awaitable<Response> update_message(Services& services, const Request& request) {
  const auto id = path_id(request);
  if (!id) co_return no_such_message(request);
  auto patch = read_message_patch(request);
  database::Messages messages(services.database);
  auto result = co_await messages.update(*id, std::move(patch), deadline_of(request));
  const auto message = value_or_problem(std::move(result), request);
  if (!message) co_return no_such_message(request);
  co_return http::json_text(http::Status::ok, to_json(*message));
}

}  // namespace

void add_message_routes(http::RouteGroup& group, Services& services) {
  using enum http::Method;
  const http::RouteOptions with_json{.body = http::BodyRule::json};
  group.add(post, "/conversations/{id}/messages", with_json, bind(services, append_message));
  group.add(get, "/conversations/{id}/messages", bind(services, list_messages));
  group.add(get, "/messages/{id}", bind(services, read_message));
  group.add(patch, "/messages/{id}", with_json, bind(services, update_message));
}

}  // namespace support::api
