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
bool python_call_of(struct facts *facts, uint32_t node, struct call *out);
bool python_per_item(const struct facts *facts, uint32_t node);
uint32_t python_recursion(struct facts *facts, uint32_t function);
bool python_pure_function(struct facts *facts, uint32_t function);
uint32_t python_varied_parameter(struct facts *facts, const struct call *call, const struct loop *loop);
bool python_runs_each_pass(const struct facts *facts, uint32_t node);
uint32_t python_times_in_pass(struct facts *facts, uint32_t node);
/** Whether @p node is assigned to: the left side of an assignment, plain or augmented, or one of several. */
bool python_is_assigned(const struct facts *facts, uint32_t node);
bool python_runs_always(const struct facts *facts, uint32_t node);
void python_tell_class(struct facts *facts, uint32_t class_node, uint64_t wanted, struct class_told *told);

/** Whether @p text is one of @p names, a list that ends with NULL. */
bool python_named(struct view text, const char *const *names);
/** Whether calling method @p name changes its receiver, by the names that lists, sets and the like use. */
bool python_mutating_name(struct view name);
/** The scope of a class's own names (its instances' attributes follow it); FACT_NONE. */
uint32_t python_class_scope(const struct facts *facts, uint32_t class_node);
/** The class that a name means and nothing else; NODE_NONE. */
uint32_t python_class_of(const struct facts *facts, uint32_t name);
/** The innermost class around @p node; NODE_NONE. */
uint32_t python_class_around(const struct facts *facts, uint32_t node);

uint32_t python_alias_of(const struct facts *facts, uint32_t use);
bool python_member_written(const struct facts *facts, uint32_t node, uint32_t member);
bool python_walks(struct facts *facts, uint32_t use);
bool python_makes(struct facts *facts, uint32_t value);
bool python_only_reads(struct facts *facts, uint32_t use);
bool python_only_searches(struct facts *facts, uint32_t use);
bool python_constructs(const struct facts *facts, const struct function *function);
/** Whether @p attribute is a method that changes its object, and called. */
bool python_method_mutates(const struct facts *facts, uint32_t attribute);

/** What an annotation is read with. */
struct reading {
    struct facts *facts;
    uint32_t scope; /* where its names are looked up; FACT_NONE: full paths, of python_library.c */
    const struct type *receiver; /* of a method, for $self, $item, $value; NULL */
    uint32_t arguments;          /* of a call, for $1 and =1; NODE_NONE */
};
const struct type *python_read_type(const struct reading *reading, struct view text);
/** The type that an annotation's text names, e.g. `Optional[list[str]]`; unknown where it is not plain. */
const struct type *python_annotation(struct facts *facts, struct view text, uint32_t scope);

/* What a table says of a name: what calling or reading it gives, as an annotation. */
struct member {
    const char *name, *gives;
};
/* A module, or a class by the path of its instances. */
struct owner {
    const char *path;
    const struct member *members;
    size_t count;
};
/** What @p owners say of @p name of the owner @p path; NULL where they say nothing. */
const char *python_given_by(const struct owner *owners, size_t count, struct view path, struct view name);
/* python_packages.c: the same of the packages of databases and services. */
const char *python_package_called(struct view owner, struct view name);
/* python_arrays.c: the same of numpy and pandas, whose tables stand there. */
const char *python_arrays_called(struct view owner, struct view name);
const char *python_arrays_read(struct view owner, struct view name);
bool python_arrays_have(struct view name);
/** What an arithmetic operator with an array on one side gives; NULL where there is none. */
const struct type *python_array_operator(const struct type *left, const struct type *right);

/** What the tables say that calling, or reading, @p name of @p owner (a module, a class; empty: builtins)
 * gives, as an annotation; NULL where they say nothing. And whether some owner has an attribute of that name.
 */
const char *python_gives_called(struct view owner, struct view name);
const char *python_gives_read(struct view owner, struct view name);
bool python_gives_some(struct view name);

/** The type that calling @p path gives: builtins and well-known libraries; NULL where it is not known.
 *  @p receiver is the type of the object whose method is called; NULL where it is none. */
const struct type *python_call_type(struct facts *facts, struct view path, uint32_t arguments,
                                    const struct type *receiver);
/** What method @p name gives whoever has it: split(",") a list; NULL. */
const struct type *python_unknown_method_type(struct facts *facts, struct view name, uint32_t arguments);
/** The type of attribute @p name of a library's module or object; NULL. */
const struct type *python_attribute_type(struct facts *facts, uint32_t object, struct view name);
/** What `with` binds for a context manager of that type. */
const struct type *python_entered_type(struct facts *facts, const struct type *manager);
/** The type of what a loop over @p type binds; NULL where it is not known. */
const struct type *python_item_of(struct facts *facts, const struct type *type);

/** The type of a name or of self.NAME where it stands: what assignments and tests of its type leave there. */
const struct type *python_name_type(struct facts *facts, uint32_t node);
/** What the tests on the way to the name @p node leave of its type; NULL where there are none. */
const struct type *python_narrowed_type(struct facts *facts, uint32_t node);
/** What a call of @p function, of this file, gives: by its annotation, else what all its returns agree on. */
const struct type *python_returned_type(struct facts *facts, struct function *function, bool awaited);
/** The function that a call of @p callee runs, where that is one of this file; NULL. */
struct function *python_callee(struct facts *facts, uint32_t callee);
/** The function that @p def defines; NULL. Whether a decorator of it is called @p name. */
struct function *python_defined(struct facts *facts, const struct def *def);
bool python_decorated(const struct facts *facts, const struct function *function, const char *name);

/** A type record in the arena; the unknown type when memory is short. */
const struct type *python_type_new(struct facts *facts, enum type_kind kind, struct view path,
                                   const struct type *item);
/** A tuple of exactly these, which are copied. */
const struct type *python_tuple_new(struct facts *facts, const struct type *const *parts, size_t count);
