#include "app/database/repositories/customers.hpp"

namespace support::database {

template <>
struct RowMapping<Customer> {
  static constexpr auto columns = std::tuple{column("id", &Customer::id),
                                             column("customer_id", &Customer::customer_id),
                                             column("first_name", &Customer::first_name),
                                             column("last_name", &Customer::last_name),
                                             column("email", &Customer::email),
                                             column("phone", &Customer::phone),
                                             column("account_number", &Customer::account_number),
                                             column("is_active", &Customer::is_active),
                                             column("is_verified", &Customer::is_verified),
                                             column("is_vip", &Customer::is_vip),
                                             column("notes", &Customer::notes),
                                             column("created_at", &Customer::created_at),
                                             column("updated_at", &Customer::updated_at)};
};

namespace {
constexpr std::string_view columns =
    "id, customer_id, first_name, last_name, email, phone, account_number, is_active, is_verified, is_vip, notes, "
    "created_at, updated_at";
}

boost::asio::awaitable<Result<Customer>> Customers::create(NewCustomer customer, Deadline deadline) {
  auto sql = fmt::format(
      "INSERT INTO customers (customer_id, first_name, last_name, email, phone, account_number, is_active, "
      "is_verified, "
      "is_vip, notes, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now(), now()) RETURNING "
      "{}",
      columns);
  auto params =
      make_params(customer.customer_id, customer.first_name, customer.last_name, customer.email, customer.phone,
                  customer.account_number, customer.is_active, customer.is_verified, customer.is_vip, customer.notes);
  auto rows = co_await run_statement(database_, std::move(sql), std::move(params), deadline);
  if (!rows) co_return rows.error();
  co_return rows->single<Customer>();
}

boost::asio::awaitable<Result<std::optional<Customer>>> Customers::find(std::int32_t id, Freshness freshness,
                                                                        Deadline deadline) {
  static const std::string sql = fmt::format("SELECT {} FROM customers WHERE id = $1", columns);
  return read_optional<Customer>(database_, freshness, sql, make_params(id), deadline);
}

boost::asio::awaitable<Result<std::vector<Customer>>> Customers::list(CustomerFilter filter, Page page,
                                                                      Freshness freshness, Deadline deadline) {
  Clauses where(" AND ");
  where.add("id > ", page.after_id);
  where.add_if("email = ", filter.email);
  where.add_if("customer_id = ", filter.customer_id);
  where.add_if("is_active = ", filter.is_active);
  where.add_if("is_vip = ", filter.is_vip);
  const std::string limit = where.placeholder(page.limit);
  auto sql = fmt::format("SELECT {} FROM customers WHERE {} ORDER BY id LIMIT {}", columns, where.text(), limit);
  return read_all<Customer>(database_, freshness, std::move(sql), std::move(where.params()), deadline);
}

boost::asio::awaitable<Result<std::optional<Customer>>> Customers::update(std::int32_t id, CustomerPatch patch,
                                                                          Deadline deadline) {
  Clauses set(", ");
  set.add_if("first_name = ", patch.first_name);
  set.add_if("last_name = ", patch.last_name);
  set.add_if("email = ", patch.email);
  set.add_change("phone = ", patch.phone);
  set.add_change("account_number = ", patch.account_number);
  set.add_if("is_active = ", patch.is_active);
  set.add_if("is_verified = ", patch.is_verified);
  set.add_if("is_vip = ", patch.is_vip);
  set.add_change("notes = ", patch.notes);
  if (set.text().empty()) co_return co_await find(id, Freshness::current, deadline);
  set.add_text("updated_at = now()");
  const std::string where = set.placeholder(id);
  auto sql = fmt::format("UPDATE customers SET {} WHERE id = {} RETURNING {}", set.text(), where, columns);
  co_return co_await fetch_optional<Customer>(database_, std::move(sql), std::move(set.params()), deadline);
}

}  // namespace support::database
