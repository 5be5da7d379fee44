# Compiler flags, linker and compiler cache. Everything hangs on the INTERFACE target support_flags.

find_program(CCACHE ccache)
if(CCACHE)
  # Precompiled headers need the relaxed checks; __TIME__ is not used anywhere.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()

add_library(support_flags INTERFACE)
if(SUPPORT_PCH)
  target_compile_options(support_flags INTERFACE -fpch-preprocess)
endif()
target_compile_options(support_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow=local -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wformat=2 -Wimplicit-fallthrough
  # Designated initialisers with members left out are the project's way to write optional arguments.
  -Wno-missing-field-initializers)
if(SUPPORT_WERROR)
  target_compile_options(support_flags INTERFACE -Werror)
endif()
target_compile_options(support_flags INTERFACE -fstack-protector-strong)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_definitions(support_flags INTERFACE _FORTIFY_SOURCE=2)
  # False alarms of GCC 12's optimiser: inside std::string (GCC bugs 105329 and 105651), and about the frames of coroutines
  # whose promise type has an allocator of its own.
  target_compile_options(support_flags INTERFACE -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds
    -Wno-mismatched-new-delete)
endif()

find_program(MOLD mold)
if(MOLD)
  # What hardly ever runs stays apart from the rest of the code, as GNU ld has it: a megabyte less is in memory.
  target_link_options(support_flags INTERFACE -fuse-ld=mold -Wl,-z,keep-text-section-prefix)
endif()

if(SUPPORT_SANITIZE)
  # A report names functions and lines; nobody steps through these builds.
  set(CMAKE_CXX_FLAGS_DEBUG "-g1")
  target_compile_options(support_flags INTERFACE -fsanitize=${SUPPORT_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  if(SUPPORT_SANITIZE MATCHES "undefined")
    # These check every access through a pointer, which costs a third of the compile time; AddressSanitizer reports what
    # such an access would break.
    target_compile_options(support_flags INTERFACE -fno-sanitize=null,alignment,vptr,object-size)
  endif()
  target_link_options(support_flags INTERFACE -fsanitize=${SUPPORT_SANITIZE})
  if(SUPPORT_SANITIZE MATCHES "thread")
    # Asio puts atomic fences around handlers, which ThreadSanitizer does not model; what they order is ordered by the
    # locks of the scheduler as well.
    target_compile_options(support_flags INTERFACE -Wno-tsan)
  endif()
endif()
if(SUPPORT_COVERAGE)
  target_compile_options(support_flags INTERFACE --coverage)
  target_link_options(support_flags INTERFACE --coverage)
endif()
