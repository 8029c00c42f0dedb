/** @file python_internal.h  Python's files among themselves: the rows of FACTS_PYTHON. */
#pragma once
#include "facts/facts_internal.h"

enum err_code python_visit(struct facts *facts, uint32_t node, struct err *err);
enum err_code python_finish(struct facts *facts, struct err *err);
const struct type *python_type_of(struct facts *facts, uint32_t node);
struct view python_path_of(struct facts *facts, uint32_t node);
int64_t python_length_of(struct facts *facts, uint32_t node);
bool python_mutates(struct facts *facts, uint32_t use);
enum growth python_growth(struct facts *facts, uint32_t use, uint32_t *source);
bool python_leaks(struct facts *facts, uint32_t use);
bool python_pure_call(struct facts *facts, uint32_t call);
bool python_off_loop(const struct facts *facts, uint32_t node);
bool python_sized(struct facts *facts, uint32_t node);

/** The type that an annotation's text names, e.g. `Optional[list[str]]`; unknown where it is not plain. */
const struct type *python_annotation(struct facts *facts, struct view text, uint32_t scope);
/** The type that calling @p path gives: builtins and well-known libraries; NULL where it is not known. */
const struct type *python_call_type(struct facts *facts, struct view path);
/** The type that method @p name gives on @p receiver; NULL where it is not known. */
const struct type *python_method_type(struct facts *facts, const struct type *receiver, struct view name,
                                      uint32_t arguments);
/** A type record in the arena; the unknown type when memory is short. */
const struct type *python_type_new(struct facts *facts, enum type_kind kind, struct view path,
                                   const struct type *item);
