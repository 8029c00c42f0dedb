# The tree-sitter core and the grammars, built from the C sources in the npm packages that
# grammars/package-lock.json pins by integrity hash. Install them with: npm ci --prefix grammars
set(GRAMMARS ${PROJECT_SOURCE_DIR}/grammars/node_modules CACHE PATH "Where the grammar packages are installed")
set(TS_CORE ${GRAMMARS}/tree-sitter/vendor/tree-sitter/lib)
if(NOT EXISTS ${TS_CORE}/src/lib.c)
  message(FATAL_ERROR "the tree-sitter sources are missing: run `npm ci --prefix grammars`")
endif()

function(add_foreign name)
  add_library(${name} STATIC ${ARGN})
  set_target_properties(${name} PROPERTIES C_STANDARD 11 C_EXTENSIONS OFF)
  target_compile_options(${name} PRIVATE -w -O2 -DNDEBUG)
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Release")
    # Parsing is four fifths of an analysis, and gcc stops inlining too early in the core: measured 7 % of the whole.
    target_compile_options(${name} PRIVATE -O3 --param=inline-unit-growth=300 --param=max-inline-insns-auto=80
      --param=large-function-growth=500)
  endif()
  if(PERF_REVIEW_SANITIZE AND CMAKE_C_COMPILER_ID MATCHES "Clang")
    # The core calls a grammar's scanner by a type of its own; clang from 17 on would end the program there.
    target_compile_options(${name} PRIVATE -fno-sanitize=function)
  endif()
endfunction()

add_foreign(ts_core ${TS_CORE}/src/lib.c)
target_compile_definitions(ts_core PRIVATE _POSIX_C_SOURCE=200112L _DEFAULT_SOURCE)
target_include_directories(ts_core SYSTEM PUBLIC ${TS_CORE}/include PRIVATE ${TS_CORE}/src)

foreach(language python rust)
  set(dir ${GRAMMARS}/tree-sitter-${language}/src)
  add_foreign(ts_${language} ${dir}/parser.c ${dir}/scanner.c)
  target_include_directories(ts_${language} SYSTEM PRIVATE ${dir})
endforeach()

include(GrammarKinds)
set(GRAMMAR_KINDS ${PROJECT_BINARY_DIR}/generated/syntax)
foreach(language python rust)
  string(TOUPPER ${language} prefix)
  grammar_kinds(${prefix} ${GRAMMARS}/tree-sitter-${language}/src/parser.c ${GRAMMAR_KINDS}/${language}_kinds.h)
endforeach()
