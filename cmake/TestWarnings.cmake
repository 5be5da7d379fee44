# Flow-based warnings of GCC 12 depend on what the optimiser happens to inline, and gtest's macros around strings raise
# false alarms by the dozen. Off for tests in release builds alone: the sanitizer builds look for the real thing.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-Wno-array-bounds -Wno-stringop-overread -Wno-stringop-overflow -Wno-restrict
    -Wno-maybe-uninitialized -Wno-free-nonheap-object -Wno-nonnull -Wno-dangling-pointer -Wno-use-after-free)
endif()
