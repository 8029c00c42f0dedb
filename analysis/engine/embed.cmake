# Writes the rule files into one C file: cmake -DRULES=<dir> -DOUT=<file.c> -P embed.cmake
# Bytes go through hex, so that nothing in a rule can break the C text.
file(GLOB names RELATIVE ${RULES} ${RULES}/python/*.yaml ${RULES}/rust/*.yaml ${RULES}/pyo3/*.yaml)
list(SORT names)
set(arrays "")
set(table "")
set(count 0)
foreach(name ${names})
  file(READ ${RULES}/${name} hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR length "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
  string(APPEND arrays "static const unsigned char RULE_${count}[] = {\n${bytes}0};\n")
  string(APPEND table "    {{\"${name}\", sizeof(\"${name}\") - 1}, {(const char *)RULE_${count}, ${length}}},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT}.new "/* Made by analysis/engine/embed.cmake from analysis/rules. */
#include \"engine/rule.h\"

${arrays}
static const struct rule_source SOURCES[] = {
${table}    {{\"\", 0}, {\"\", 0}},
};

const struct rule_source *rule_sources_embedded(size_t *count)
{
    *count = sizeof(SOURCES) / sizeof(SOURCES[0]) - 1;
    return SOURCES;
}
")
file(COPY_FILE ${OUT}.new ${OUT})
file(REMOVE ${OUT}.new)
