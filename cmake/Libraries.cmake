# Foreign libraries, all Debian's own packages.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
foreach(spec "cjson:libcjson" "pcre2:libpcre2-8" "fyaml:libfyaml" "microhttpd:libmicrohttpd"
             "curl:libcurl" "git2:libgit2" "sqlite:sqlite3" "crypto:libcrypto" "seccomp:libseccomp")
  string(REPLACE ":" ";" parts ${spec})
  list(GET parts 0 prefix)
  list(GET parts 1 package)
  pkg_check_modules(${prefix} REQUIRED IMPORTED_TARGET ${package})
endforeach()
if(PERF_REVIEW_TESTS)
  pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka)
endif()
