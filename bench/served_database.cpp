#include "bench/served_database.hpp"

#include <stdexcept>

namespace support::bench {

ServedDatabase::ServedDatabase() {
  const auto migrated = tests::run_agent({"migrate", "upgrade", "head"}, environment());
  if (migrated.exit_code != 0) throw std::runtime_error(migrated.standard_error);
  database_.sql(
      "INSERT INTO customers(customer_id, first_name, last_name, email, phone, account_number, is_active, is_verified, "
      "is_vip, created_at, updated_at) SELECT 'CUST-' || g, 'First' || g, 'Last' || g, 'c' || g || '@example.com', "
      "'+4420' || lpad(g::text, 8, '0'), lpad(g::text, 8, '0'), true, g % 2 = 0, false, now(), now() FROM "
      "generate_series(1, 10000) g;"
      "INSERT INTO conversations(customer_id, title, status, channel, message_count, created_at, updated_at) SELECT g, "
      "'Question about card ' || g, 'ACTIVE', 'WEB', CASE WHEN g <= 1000 THEN 50 ELSE 0 END, now(), now() FROM "
      "generate_series(1, 2000) g;"
      "INSERT INTO messages(conversation_id, role, content, is_error, requires_human, created_at, updated_at) SELECT "
      "1 + g % 1000, CASE g % 2 WHEN 0 THEN 'CUSTOMER' ELSE 'AGENT' END::messagerole, 'Message number ' || g || ': my "
      "card payment was declined at the shop, can you help?', false, false, now(), now() FROM "
      "generate_series(1, 50000) g");
  database_.sql("VACUUM ANALYZE");
}

std::string ServedDatabase::url() const {
  return database_.tcp_url().sync(config::Password::show);
}

tests::Environment ServedDatabase::environment() const {
  return {{"DATABASE_URL", url()}, {"ENVIRONMENT", "test"},      {"LOG_LEVEL", "warning"},
          {"HTTP_THREADS", "1"},   {"DATABASE_POOL_SIZE", "10"}, {"DATABASE_MAX_OVERFLOW", "0"}};
}

}  // namespace support::bench
