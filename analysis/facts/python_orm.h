/** @file python_orm.h  Object-relational mappers, for Python's other files. */
#pragma once
#include "facts/python_internal.h"

enum orm {
    ORM_NONE,
    ORM_MANAGER,  /* Django: Order.objects, order.items */
    ORM_QUERYSET, /* Django */
    ORM_QUERY,    /* SQLAlchemy's session.query(), Flask-SQLAlchemy's Order.query */
    ORM_SELECT,   /* SQLAlchemy's select(): a statement */
    ORM_RESULT,   /* of executing one */
    ORM_SCALARS,
    ORM_SESSION,
    ORM_CURSOR, /* PEP 249 */
};

/** Which of these a type is. */
enum orm python_orm_of(const struct type *type);
/** The name of the class of a row; the empty view where it is none. */
struct view python_model_of(const struct type *type);
/** The same for an expression that an attribute is read of: self is a row of its class. */
struct view python_owner(struct facts *facts, uint32_t object);
/** The type of an attribute or a call; NULL where it is no mapper's. @p path is that of the function. */
const struct type *python_orm_attribute(struct facts *facts, uint32_t node);
const struct type *python_orm_call(struct facts *facts, uint32_t call, struct view path);
/** Whether a method of that name gives rows of what it is called on. */
bool python_orm_keeps_rows(struct view name);
bool python_is_session(struct facts *facts, uint32_t node);
/** Whether @p node names a class, as its capital says: Order, models.Order; no constant. */
bool python_is_class(const struct facts *facts, uint32_t node);
/** "b" of "a.b". */
struct view python_last_name(struct view path);
