# Compiler flags, all on one INTERFACE target that every module of ours links.
add_library(perf_flags INTERFACE)
target_compile_definitions(perf_flags INTERFACE _GNU_SOURCE PERF_REVIEW_VERSION="${PROJECT_VERSION}")
target_compile_options(perf_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
  -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wimplicit-fallthrough
  -Wnull-dereference -Werror=implicit-function-declaration -fno-common)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(perf_flags INTERFACE -Wlogical-op -Wduplicated-cond)
endif()

# Our own asserts stay on in every build (a wrong review is worse than a crash).
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELEASE "-O2 -g")
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELWITHDEBINFO "-O1 -g")

if(PERF_REVIEW_SANITIZE)
  add_compile_options(-fsanitize=${PERF_REVIEW_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${PERF_REVIEW_SANITIZE})
endif()
if(PERF_REVIEW_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # Not CMAKE_POSITION_INDEPENDENT_CODE: libraries would be compiled with -fPIC, as if anybody could replace
  # their functions, and parsing takes a tenth longer. Ours end up in executables only.
  add_compile_options(-fPIE)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection)
  add_link_options(-pie -Wl,-z,relro,-z,now)
endif()
