#pragma once

namespace support::schema {

// What the server that the DDL is for can do. Offline nobody can be asked, so everything is taken to be there.
struct ServerFeatures {
  // pgvector is installed in the database or can be (pg_available_extensions). Without it Vector(n) becomes REAL[].
  bool vector = true;

  bool operator==(const ServerFeatures&) const = default;
};

}  // namespace support::schema
