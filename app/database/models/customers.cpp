#include "app/database/models/tables.hpp"

namespace support::database::models {

using namespace schema;

schema::Table customers() {
  return Table(
      "customers",
      {column("first_name", String(100), {.nullable = false, .comment = "Given name, as the customer writes it"}),
       column("last_name", String(100), {.nullable = false, .comment = "Family name, as the customer writes it"}),
       column("email", String(255), {.nullable = false, .comment = "Address for replies; one customer an address"}),
       column("phone", String(20), {.comment = "Telephone number in international form, when known"}),
       column("customer_id", String(50), {.nullable = false, .comment = "The bank's own identifier of the customer"}),
       column("account_number", String(50), {.comment = "Main account, as the customer quotes it in a conversation"}),
       column("is_active", Boolean(),
              {.nullable = false, .comment = "False once the relationship with the bank has ended"}),
       column("is_verified", Boolean(), {.nullable = false, .comment = "Whether the identity check has been passed"}),
       column("is_vip", Boolean(), {.nullable = false, .comment = "Whether the customer is served with priority"}),
       column("notes", Text(), {.comment = "Free remarks for the staff, never shown to the customer"}),
       column("id", Integer(), {.nullable = false, .comment = "Surrogate key"}),
       column("created_at", DateTime{.timezone = true}, {.nullable = false, .comment = "When the row was written"}),
       column("updated_at", DateTime{.timezone = true}, {.nullable = false, .comment = "When the row last changed"}),
       PrimaryKeyConstraint({"id"}),
       Index("idx_active_vip", {"is_active", "is_vip"}),
       Index("idx_customer_name", {"first_name", "last_name"}),
       Index("ix_customers_customer_id", {"customer_id"}, {.unique = true}),
       Index("ix_customers_email", {"email"}, {.unique = true}),
       Index("ix_customers_is_active", {"is_active"}),
       Index("ix_customers_is_vip", {"is_vip"})},
      {.comment = "People who bank with us and may write to customer support"});
}

}  // namespace support::database::models
