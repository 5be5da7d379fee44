#pragma once

#include "app/schema/table.hpp"

// The tables one by one; Base::metadata() holds them all.
namespace support::database::models {

schema::Table customers();
schema::Table conversations();
schema::Table messages();
schema::Table products();
schema::Table accounts();
schema::Table transactions();
schema::Table faqs();
schema::Table customer_credentials();
schema::Table customer_scopes();
schema::Table documents();
schema::Table document_chunks();

}  // namespace support::database::models
