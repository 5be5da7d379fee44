# Third-party libraries, all from Debian. Why each was chosen: docs/dependencies.md.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(LIBPQXX REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)
# Of protobuf-c the headers suffice: libpg_query brings the functions with it.
pkg_check_modules(PROTOBUF_C REQUIRED libprotobuf-c)
find_library(PG_QUERY_LIBRARY pg_query REQUIRED)
add_library(pg_query INTERFACE)
target_link_libraries(pg_query INTERFACE ${PG_QUERY_LIBRARY})

# toml++ is header-only; its pkg-config file would link the shared library, which the image does without.
find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)
add_library(tomlplusplus INTERFACE)
target_include_directories(tomlplusplus SYSTEM INTERFACE ${TOMLPLUSPLUS_INCLUDE})

# Asio, Beast, JSON and URL are header-only by default; here their function bodies are compiled once.
set(BOOST_SEPARATE
  BOOST_ASIO_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_ARRAY
  # Coroutine frames that a thread keeps for the next call: a request nests deeper than the default of 2.
  BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8
  BOOST_ASIO_DISABLE_BOOST_REGEX
  BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ALL_NO_LIB)

function(add_boost_part name source)
  add_library(${name} STATIC ${CMAKE_SOURCE_DIR}/cmake/boost/${source})
  target_link_libraries(${name} PUBLIC Boost::headers Threads::Threads PRIVATE support_flags_thirdparty)
endfunction()

add_library(support_flags_thirdparty INTERFACE)
target_compile_options(support_flags_thirdparty INTERFACE -w)
if(SUPPORT_SANITIZE)
  target_compile_options(support_flags_thirdparty INTERFACE -fsanitize=${SUPPORT_SANITIZE} -fno-omit-frame-pointer)
endif()

add_boost_part(boost_json json.cpp)
add_boost_part(boost_url url.cpp)
add_boost_part(boost_asio asio.cpp)
target_compile_definitions(boost_asio PUBLIC ${BOOST_SEPARATE})
add_boost_part(boost_beast beast.cpp)
target_link_libraries(boost_beast PUBLIC boost_asio)
