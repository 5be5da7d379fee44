#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/database/repositories/statement.hpp"
#include "app/database/types.hpp"

namespace support::database {

// A row of customers.
struct Customer {
  std::int32_t id = 0;
  std::string customer_id;  // the bank's own number for this person
  std::string first_name;
  std::string last_name;
  std::string email;
  std::optional<std::string> phone;
  std::optional<std::string> account_number;
  bool is_active = true;
  bool is_verified = false;
  bool is_vip = false;
  std::optional<std::string> notes;
  Timestamp created_at;
  Timestamp updated_at;
};

struct NewCustomer {
  std::string customer_id;
  std::string first_name;
  std::string last_name;
  std::string email;
  std::optional<std::string> phone;
  std::optional<std::string> account_number;
  bool is_active = true;
  bool is_verified = false;
  bool is_vip = false;
  std::optional<std::string> notes;
};

struct CustomerPatch {
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::optional<std::string> email;
  Change<std::string> phone;
  Change<std::string> account_number;
  std::optional<bool> is_active;
  std::optional<bool> is_verified;
  std::optional<bool> is_vip;
  Change<std::string> notes;
};

struct CustomerFilter {
  std::optional<std::string> email;
  std::optional<std::string> customer_id;
  std::optional<bool> is_active;
  std::optional<bool> is_vip;
};

// The table customers. Errors are the engine's; a duplicate e-mail address or customer_id is a unique violation of
// ix_customers_email or ix_customers_customer_id.
class Customers {
 public:
  explicit Customers(Database& database) : database_(database) {}

  boost::asio::awaitable<Result<Customer>> create(NewCustomer customer, Deadline deadline);
  boost::asio::awaitable<Result<std::optional<Customer>>> find(std::int32_t id, Freshness freshness, Deadline deadline);
  boost::asio::awaitable<Result<std::vector<Customer>>> list(CustomerFilter filter, Page page, Freshness freshness,
                                                             Deadline deadline);
  // Empty when there is no such customer. A patch without changes returns the row as it is.
  boost::asio::awaitable<Result<std::optional<Customer>>> update(std::int32_t id, CustomerPatch patch,
                                                                 Deadline deadline);

 private:
  Database& database_;
};

}  // namespace support::database
