/** @file models.h  What the classes of object-relational models (Django, SQLAlchemy) say of their attributes:
 *  which of them cost a query when they are read. Gathered over many Python files; found by class name, as
 * far as that is unique enough: where classes of one name disagree nothing is known. */
#pragma once
#include "syntax/tree.h"

enum model_field_kind {
    MODEL_NONE,
    MODEL_VALUE,   /* a column: there with the row */
    MODEL_ONE,     /* Django: another row, fetched when it is first read */
    MODEL_BACK,    /* the same, where the key stands with the other row */
    MODEL_GENERIC, /* the same, a row of any class: no join can bring it */
    MODEL_SET,     /* Django: a manager of many rows, fetched when it is asked for them */
    MODEL_LAZY,    /* SQLAlchemy: a row or rows, fetched when first read */
    MODEL_EAGER,   /* SQLAlchemy: fetched with the row */
    MODEL_MANAGER, /* Django: how the class's rows are asked for */
};

struct model_field {
    enum model_field_kind kind;
    struct view target; /* the class at the other end; of a manager its class; may be empty */
};

enum { MODEL_FIELDS_MAX = 50000 };

struct models; /* opaque */

/** An empty index in @p arena; NULL where it is full. */
struct models *models_new(struct arena *arena);
/** The index of nothing. */
const struct models *models_none(void);
/** Whether @p text may hold classes of interest: cheap, and never false for one that does. */
bool models_may_stand_in(struct view text);
/** Add the classes of a Python file. The tree may go afterwards, its text must stay. Classes past
 *  MODEL_FIELDS_MAX are not kept. Errors: ERR_LIMIT at the arena's cap. */
NODISCARD enum err_code models_add(struct models *models, const struct tree *tree, struct err *err);
/** Make it ready for look-ups: after the last models_add(). */
void models_close(struct models *models);
bool models_is_empty(const struct models *models);
/** What attribute @p name of class @p class_name is, its own or a base's. */
struct model_field models_find(const struct models *models, struct view class_name, struct view name);
/** Whether a class of that name has such attributes of its own. */
bool models_has_fields(const struct models *models, struct view class_name);
/** Whether a manager or query set of class @p class_name may load related rows that nobody asks for. A class
 * that is not known may. */
bool models_loads_related(const struct models *models, struct view class_name);
