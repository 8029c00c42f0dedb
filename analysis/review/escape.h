/** @file escape.h  Text of the change (code, paths, names, reasons) in CommonMark and on a terminal: it can
 * open no mention, link, reference, fence, table or HTML comment, and send no control sequence. */
#pragma once
#include "base/buffer.h"

enum { ESCAPE_SPAN_MAX = 300 }; /* bytes of one inline piece; longer ones are cut with an ellipsis */

/** @p text as a code span; white space is folded. */
void escape_code_span(struct buffer *out, struct view text);
/** @p text where a template already stands inside a code span. */
void escape_inside_span(struct buffer *out, struct view text);
/** Plain words as they are; all else as a code span. */
void escape_text(struct buffer *out, struct view text);
/** A fenced block whose fence is longer than any run of backticks in @p text. */
void escape_fence(struct buffer *out, const char *info, struct view text);
/** The fence that escape_fence() would use: for blocks that are written in pieces. */
void escape_add_fence(struct buffer *out, size_t longest_run, const char *info);
size_t escape_longest_run(struct view text);
/** One run of @p text for a block whose fence stands: comments of HTML and control bytes are defused. */
void escape_block_text(struct buffer *out, struct view text);
/** Whether @p text can stand in a suggestion byte by byte. */
bool escape_is_clean(struct view text);
/** For a terminal: no control bytes but newline and tab. */
void escape_terminal(struct buffer *out, struct view text);
/** What a forge counts of a body. */
size_t utf16_units(struct view text);
