#include "app/alembic/runtime/early_connection.hpp"

#include <utility>

namespace support::alembic {

EarlyConnection::EarlyConnection(Connector connect, const ConnectionTarget& target)
    : connect_(std::move(connect)),
      conninfo_(target.conninfo),
      session_(std::async(std::launch::async, connect_, target)) {}

Connector EarlyConnection::connector() {
  return [this](const ConnectionTarget& target) {
    if (session_.valid() && target.conninfo == conninfo_) return session_.get();
    return connect_(target);
  };
}

}  // namespace support::alembic
