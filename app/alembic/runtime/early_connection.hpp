#pragma once

#include <future>
#include <memory>

#include "app/alembic/env.hpp"
#include "app/alembic/runtime/connection.hpp"

namespace support::alembic {

// A session that is opened by another thread while this one reads the scripts: both are mostly waiting. Its end waits
// for a session that nobody asked for, at most as long as opening one may take.
class EarlyConnection {
 public:
  // Begins at once.
  EarlyConnection(Connector connect, const ConnectionTarget& target);

  // Gives away the early session when it is asked for the same target for the first time, or throws why there is none;
  // opens another session otherwise. Must not outlive this.
  Connector connector();

 private:
  Connector connect_;
  std::string conninfo_;
  std::future<std::unique_ptr<Connection>> session_;
};

}  // namespace support::alembic
