#include "app/database/models/base.hpp"

#include "app/database/models/tables.hpp"

namespace support::database {

const schema::MetaData& Base::metadata() {
  static const schema::MetaData metadata{
      .tables = {models::customers(), models::conversations(), models::messages(), models::products(),
                 models::accounts(), models::transactions(), models::faqs(), models::customer_credentials(),
                 models::customer_scopes(), models::documents(), models::document_chunks()},
      .extensions = {{.name = "vector", .if_available = true}}};
  return metadata;
}

}  // namespace support::database
