/** @file render_internal.h  What the renderings share. */
#pragma once
#include "perfreview/review.h"

/** The object of DESIGN.md 4. @p times: with milliseconds, which differ from run to run; @p findings: at
 * most. */
void render_json_object(const struct review *review, bool times, size_t findings, struct buffer *out);
/** The member "estimate" of that object. */
struct json_writer;
void render_json_estimate(struct json_writer *writer, const struct estimate *estimate);
/** A finding as plain text of a few lines: evidence, estimate, fix, impact, tradeoffs. */
void render_plain(const struct finding *finding, struct buffer *out);
/** As much of @p text as fits into @p max bytes, never half a character. */
struct view render_cut(struct view text, size_t max);
/** A rule's template, with what each finding fills in shown by its name: {loop.line} as ‹loop.line›. */
void render_template(struct buffer *out, struct view text);
/** "Found 9 = 3 inline + ..." and what was read, as two sentences. */
void render_receipt(const struct review *review, struct buffer *out);
/** One finding's patch as lines of a diff, without a fence. */
void render_diff(const struct finding *finding, struct buffer *out);
/** "13 ms → 85 µs"; adds nothing where there is no estimate. */
void render_gain(const struct finding *finding, struct buffer *out);
/** A rule's id in a code span, as a link where @p title names a prefix. */
void render_rule_link(const struct rule *rule, const struct review_title *title, struct buffer *out);
/** A finding's parts under its head line; @p indent stands before each line. @p comment: in a comment of its
 * own, where a suggestion may be committed and tradeoffs and measurement follow. */
void render_finding_body(const struct finding *finding, const char *indent, bool comment, struct buffer *out);
