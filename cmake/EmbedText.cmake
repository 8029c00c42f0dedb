# embed_text(TARGET SYMBOL FILE): puts the bytes of FILE into TARGET as
# `const unsigned char SYMBOL[]` and `const size_t SYMBOL_SIZE`, made anew whenever FILE changes.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${IN} hex HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  file(WRITE ${OUT} "/* Made by cmake/EmbedText.cmake. */\n#include <stddef.h>
extern const unsigned char ${SYMBOL}[];\nextern const size_t ${SYMBOL}_SIZE;
const unsigned char ${SYMBOL}[] = {\n${bytes}0x00};\nconst size_t ${SYMBOL}_SIZE = sizeof(${SYMBOL}) - 1;\n")
  return()
endif()

set(EMBED_TEXT_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(embed_text target symbol file)
  set(out ${PROJECT_BINARY_DIR}/generated/${symbol}.c)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DIN=${file} -DOUT=${out} -DSYMBOL=${symbol} -P ${EMBED_TEXT_SCRIPT}
    DEPENDS ${file} ${EMBED_TEXT_SCRIPT} VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
