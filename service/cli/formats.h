/** @file formats.h  The formats of a review that a command prints. */
#pragma once
#include "worker/analysis.h"

enum format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_MARKDOWN,
    FORMAT_SARIF,
    FORMAT_GITHUB,
    FORMAT_GITLAB,
    FORMAT_COUNT
};

/** What --format takes, by enum format, NULL-terminated; and the words of its help. */
extern const char *const FORMAT_NAMES[];
#define FORMAT_HELP "text, json, markdown, sarif (2.1.0), github (workflow commands), gitlab (Code Quality)"

/** How a format is written; text is without colour. */
analysis_report *format_report(enum format format);
