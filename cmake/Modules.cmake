# add_module(NAME LAYER analysis|service SOURCES a.c ... [DEPENDS module ...] [WRAPS PkgConfig::x ...])
#
# One static library per module. DEPENDS may name only modules that stand before it in
# MODULE_ORDER; an arrow that points up stops the configuration. WRAPS are the foreign
# libraries that this module alone includes: they are linked PRIVATE.
set(MODULE_ORDER
  base syntax facts rules engine review          # analysis
  settings http git store forge intake worker web cli) # service

function(add_module name)
  cmake_parse_arguments(M "" "LAYER" "SOURCES;DEPENDS;WRAPS" ${ARGN})
  list(FIND MODULE_ORDER ${name} own)
  if(own LESS 0)
    message(FATAL_ERROR "module ${name} is not in MODULE_ORDER (cmake/Modules.cmake)")
  endif()
  add_library(${name} STATIC ${M_SOURCES})
  target_link_libraries(${name} PUBLIC perf_flags)
  target_include_directories(${name} PUBLIC
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/${M_LAYER})
  set_property(TARGET ${name} PROPERTY MODULE_LAYER ${M_LAYER})
  foreach(dep ${M_DEPENDS})
    list(FIND MODULE_ORDER ${dep} at)
    if(at LESS 0 OR NOT at LESS own)
      message(FATAL_ERROR "${name} may not depend on ${dep}: the arrow points up (cmake/Modules.cmake)")
    endif()
    target_link_libraries(${name} PUBLIC ${dep})
  endforeach()
  target_link_libraries(${name} PRIVATE ${M_WRAPS})
endfunction()
