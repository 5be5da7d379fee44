#include "app/api/customers.hpp"

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

constexpr std::size_t max_notes = 10'000;

Response no_such_customer(const Request& request) {
  return http::not_found(fmt::format("There is no customer {}.", request.path_parameter("id")));
}

// Two people can't share an e-mail address or the bank's number; which one it was is the constraint's name.
http::Problem duplicate(const database::Error& error) {
  const bool is_email = error.diagnostics().constraint == "ix_customers_email";
  const std::string_view field = is_email ? "e-mail address" : "customer_id";
  auto problem = http::conflict(fmt::format("Another customer has this {}.", field));
  problem.errors.push_back({is_email ? "/email" : "/customer_id", fmt::format("Another customer has this {}.", field)});
  return problem;
}

template <class T>
T value_or_duplicate(database::Result<T>&& result, const Request& request) {
  if (!result && result.error().is_unique_violation()) throw http::ProblemError(duplicate(result.error()));
  return value_or_problem(std::move(result), request);
}

database::NewCustomer read_new_customer(const Request& request) {
  const auto body = http::parse_json_body(request).value();
  FieldReader fields(body);
  database::NewCustomer customer;
  customer.customer_id = fields.required_text("customer_id", {1, 50});
  customer.first_name = fields.required_text("first_name", {1, 100});
  customer.last_name = fields.required_text("last_name", {1, 100});
  customer.email = fields.required_email("email");
  customer.phone = fields.optional_text("phone", {1, 20});
  customer.account_number = fields.optional_text("account_number", {1, 50});
  customer.is_active = fields.optional_bool("is_active").value_or(true);
  customer.is_verified = fields.optional_bool("is_verified").value_or(false);
  customer.is_vip = fields.optional_bool("is_vip").value_or(false);
  customer.notes = fields.optional_text("notes", {0, max_notes});
  fields.finish();
  return customer;
}

database::CustomerPatch read_customer_patch(const Request& request) {
  const auto body = http::parse_json_body(request).value();
  FieldReader fields(body);
  for (const auto name : {"first_name", "last_name", "email", "is_active", "is_verified", "is_vip"}) {
    fields.refuse_null(name);
  }
  database::CustomerPatch patch;
  patch.first_name = fields.optional_text("first_name", {1, 100});
  patch.last_name = fields.optional_text("last_name", {1, 100});
  patch.email = fields.optional_email("email");
  patch.phone = {fields.has("phone"), fields.optional_text("phone", {1, 20})};
  patch.account_number = {fields.has("account_number"), fields.optional_text("account_number", {1, 50})};
  patch.is_active = fields.optional_bool("is_active");
  patch.is_verified = fields.optional_bool("is_verified");
  patch.is_vip = fields.optional_bool("is_vip");
  patch.notes = {fields.has("notes"), fields.optional_text("notes", {0, max_notes})};
  fields.finish();
  return patch;
}

asio::awaitable<Response> create_customer(Services& services, const Request& request) {
  auto customer = read_new_customer(request);
  database::Customers customers(services.database);
  auto result = co_await customers.create(std::move(customer), deadline_of(request));
  const auto created = value_or_duplicate(std::move(result), request);
  co_return http::created(fmt::format("/api/v1/customers/{}", created.id), to_json(created));
}

asio::awaitable<Response> read_customer(Services& services, const Request& request) {
  const auto id = path_id(request);
  if (!id) co_return no_such_customer(request);
  database::Customers customers(services.database);
  auto result = co_await customers.find(*id, database::Freshness::bounded, deadline_of(request));
  const auto customer = value_or_problem(std::move(result), request);
  if (!customer) co_return no_such_customer(request);
  co_return http::json_text(http::Status::ok, to_json(*customer));
}

asio::awaitable<Response> list_customers(Services& services, const Request& request) {
  QueryReader query(request, services.cursors);
  database::CustomerFilter filter;
  filter.email = query.optional_text("email", 255);
  filter.customer_id = query.optional_text("customer_id", 50);
  filter.is_active = query.optional_bool("is_active");
  filter.is_vip = query.optional_bool("is_vip");
  const auto page = query.page();
  query.finish();
  database::Customers customers(services.database);
  auto result = co_await customers.list(std::move(filter), page, database::Freshness::bounded, deadline_of(request));
  co_return list_response(request, query, services.cursors, value_or_problem(std::move(result), request), page);
}

asio::awaitable<Response> update_customer(Services& services, const Request& request) {
  const auto id = path_id(request);
  if (!id) co_return no_such_customer(request);
  auto patch = read_customer_patch(request);
  database::Customers customers(services.database);
  auto result = co_await customers.update(*id, std::move(patch), deadline_of(request));
  const auto customer = value_or_duplicate(std::move(result), request);
  if (!customer) co_return no_such_customer(request);
  co_return http::json_text(http::Status::ok, to_json(*customer));
}

asio::awaitable<Response> list_conversations_of_customer(Services& services, const Request& request) {
  const auto id = path_id(request);
  if (!id) co_return no_such_customer(request);
  QueryReader query(request, services.cursors);
  database::ConversationFilter filter{.customer_id = *id};
  filter.status = query.optional_choice("status", conversation_statuses);
  filter.channel = query.optional_choice("channel", conversation_channels);
  const auto page = query.page();
  query.finish();
  database::Conversations conversations(services.database);
  auto result =
      co_await conversations.list(std::move(filter), page, database::Freshness::bounded, deadline_of(request));
  auto rows = value_or_problem(std::move(result), request);
  if (rows.empty()) {
    // Nothing found: an empty list, unless there is no such customer.
    database::Customers customers(services.database);
    auto found = co_await customers.find(*id, database::Freshness::bounded, deadline_of(request));
    if (!value_or_problem(std::move(found), request)) co_return no_such_customer(request);
  }
  co_return list_response(request, query, services.cursors, std::move(rows), page);
}

}  // namespace

void add_customer_routes(http::RouteGroup& group, Services& services) {
  using enum http::Method;
  const http::RouteOptions with_json{.body = http::BodyRule::json};
  group.add(post, "/customers", with_json, bind(services, create_customer));
  group.add(get, "/customers", bind(services, list_customers));
  group.add(get, "/customers/{id}", bind(services, read_customer));
  group.add(patch, "/customers/{id}", with_json, bind(services, update_customer));
  group.add(get, "/customers/{id}/conversations", bind(services, list_conversations_of_customer));
}

}  // namespace support::api
