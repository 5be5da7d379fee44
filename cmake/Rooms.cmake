# A room is a folder under app/ and one static library. Its headers are spelled "app/<room>/<file>.hpp", and only
# targets that link the room can find them: each room has an include folder of its own in the build tree, with a link
# to the source folder in it. So an include that goes against the layering (docs/architecture.md) does not compile.

# Precompiled headers are built once and shared: `std` for rooms without Asio, `asio` for the others.
function(add_precompiled name header)
  if(NOT SUPPORT_PCH)
    return()
  endif()
  file(WRITE ${CMAKE_BINARY_DIR}/pch/${name}.cpp "")
  add_library(pch_${name} OBJECT ${CMAKE_BINARY_DIR}/pch/${name}.cpp)
  target_precompile_headers(pch_${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/${header})
  target_link_libraries(pch_${name} PRIVATE support_flags ${ARGN})
endfunction()
add_precompiled(std pch_std.hpp Boost::headers fmt::fmt spdlog::spdlog)
add_precompiled(asio pch_asio.hpp boost_asio boost_beast fmt::fmt spdlog::spdlog)

function(use_precompiled target name)
  if(SUPPORT_PCH)
    target_precompile_headers(${target} REUSE_FROM pch_${name})
  endif()
endfunction()

# add_room(NAME FOLDER app/path PCH std|asio SOURCES … DEPENDS rooms… LIBRARIES third-party… [PRIVATE_LIBRARIES …])
function(add_room name)
  cmake_parse_arguments(ROOM "" "FOLDER;PCH" "SOURCES;DEPENDS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  add_library(${name} STATIC ${ROOM_SOURCES})
  set(include_root ${CMAKE_BINARY_DIR}/rooms/${name})
  cmake_path(GET ROOM_FOLDER PARENT_PATH parent)
  file(MAKE_DIRECTORY ${include_root}/${parent})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${ROOM_FOLDER} ${include_root}/${ROOM_FOLDER} SYMBOLIC)
  target_include_directories(${name} PUBLIC ${include_root})
  target_link_libraries(${name} PUBLIC ${ROOM_DEPENDS} ${ROOM_LIBRARIES} PRIVATE ${ROOM_PRIVATE_LIBRARIES} support_flags)
  use_precompiled(${name} ${ROOM_PCH})
endfunction()
