#include "app/api/conversations.hpp"

#include <limits>

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

constexpr std::size_t max_summary = 20'000;
constexpr std::size_t max_reason = 5'000;
constexpr std::int32_t max_id = std::numeric_limits<std::int32_t>::max();

Response no_such_conversation(const Request& request) {
  return http::not_found(fmt::format("There is no conversation {}.", request.path_parameter("id")));
}

// CLOSED is reached by the close call alone, so that closing is always the explicit act it is on record as.
constexpr std::array<std::string_view, 3> statuses_to_set{"ACTIVE", "RESOLVED", "ESCALATED"};

database::NewConversation read_new_conversation(const Request& request) {
  const auto body = http::parse_json_body(request).value();
  FieldReader fields(body);
  database::NewConversation conversation;
  conversation.customer_id = static_cast<std::int32_t>(fields.required_integer("customer_id", 1, max_id));
  conversation.title = fields.required_text("title", {1, 200});
  conversation.channel = fields.required_choice("channel", conversation_channels);
  conversation.summary = fields.optional_text("summary", {0, max_summary});
  conversation.intent = fields.optional_text("intent", {1, 100});
  conversation.sentiment = fields.optional_text("sentiment", {1, 50});
  fields.finish();
  return conversation;
}

database::ConversationPatch read_conversation_patch(const Request& request) {
  const auto body = http::parse_json_body(request).value();
  FieldReader fields(body);
  fields.refuse_null("title");
  fields.refuse_null("status");
  fields.refuse_null("priority");
  database::ConversationPatch patch;
  patch.title = fields.optional_text("title", {1, 200});
  patch.status = fields.optional_choice("status", statuses_to_set);
  patch.priority = fields.optional_choice("priority", conversation_priorities);
  patch.summary = {fields.has("summary"), fields.optional_text("summary", {0, max_summary})};
  patch.intent = {fields.has("intent"), fields.optional_text("intent", {1, 100})};
  patch.sentiment = {fields.has("sentiment"), fields.optional_text("sentiment", {1, 50})};
  patch.escalation_reason = {fields.has("escalation_reason"),
                             fields.optional_text("escalation_reason", {1, max_reason})};
  patch.ticket_id = {fields.has("ticket_id"), fields.optional_text("ticket_id", {1, 100})};
  patch.assigned_group = {fields.has("assigned_group"), fields.optional_text("assigned_group", {1, 100})};
  fields.finish();
  return patch;
}

asio::awaitable<Response> create_conversation(Services& services, const Request& request) {
  auto conversation = read_new_conversation(request);
  const auto customer_id = conversation.customer_id;
  database::Conversations conversations(services.database);
  auto result = co_await conversations.create(std::move(conversation), deadline_of(request));
  if (!result && result.error().is_foreign_key_violation()) {
    co_return http::invalid_fields({{"/customer_id", fmt::format("There is no customer {}.", customer_id)}});
  }
  const auto created = value_or_problem(std::move(result), request);
  co_return http::created(fmt::format("/api/v1/conversations/{}", created.id), to_json(created));
}

asio::awaitable<Response> read_conversation(Services& services, const Request& request) {
  const auto id = path_id(request);
  if (!id) co_return no_such_conversation(request);
  database::Conversations conversations(services.database);
  auto result = co_await conversations.find(*id, database::Freshness::bounded, deadline_of(request));
  const auto conversation = value_or_problem(std::move(result), request);
  if (!conversation) co_return no_such_conversation(request);
  co_return http::json_text(http::Status::ok, to_json(*conversation));
}

asio::awaitable<Response> list_conversations(Services& services, const Request& request) {
  QueryReader query(request, services.cursors);
  database::ConversationFilter filter;
  filter.customer_id = query.optional_id("customer_id");
  filter.status = query.optional_choice("status", conversation_statuses);
  filter.channel = query.optional_choice("channel", conversation_channels);
  filter.intent = query.optional_text("intent", 100);
  const auto page = query.page();
  query.finish();
  database::Conversations conversations(services.database);
  auto result =
      co_await conversations.list(std::move(filter), page, database::Freshness::bounded, deadline_of(request));
  co_return list_response(request, query, services.cursors, value_or_problem(std::move(result), request), page);
}

asio::awaitable<Response> update_conversation(Services& services, const Request& request) {
  const auto id = path_id(request);
  if (!id) co_return no_such_conversation(request);
  auto patch = read_conversation_patch(request);
  database::Conversations conversations(services.database);
  auto result = co_await conversations.update(*id, std::move(patch), deadline_of(request));
  auto outcome = value_or_problem(std::move(result), request);
  if (const auto* updated = std::get_if<database::Conversation>(&outcome)) {
    co_return http::json_text(http::Status::ok, to_json(*updated));
  }
  if (std::get<database::ConversationRefusal>(outcome) == database::ConversationRefusal::absent) {
    co_return no_such_conversation(request);
  }
  co_return http::conflict(fmt::format("Conversation {} is closed and can't be changed any more.", *id));
}

asio::awaitable<Response> close_conversation(Services& services, const Request& request) {
  const auto id = path_id(request);
  if (!id) co_return no_such_conversation(request);
  database::Conversations conversations(services.database);
  auto result = co_await conversations.close(*id, deadline_of(request));
  const auto conversation = value_or_problem(std::move(result), request);
  if (!conversation) co_return no_such_conversation(request);
  co_return http::json_text(http::Status::ok, to_json(*conversation));
}

}  // namespace

void add_conversation_routes(http::RouteGroup& group, Services& services) {
  using enum http::Method;
  const http::RouteOptions with_json{.body = http::BodyRule::json};
  group.add(post, "/conversations", with_json, bind(services, create_conversation));
  group.add(get, "/conversations", bind(services, list_conversations));
  group.add(get, "/conversations/{id}", bind(services, read_conversation));
  group.add(patch, "/conversations/{id}", with_json, bind(services, update_conversation));
  group.add(post, "/conversations/{id}/close", bind(services, close_conversation));
}

}  // namespace support::api
