/* What is known of the results of numpy and pandas. Source: their references. */
#include "facts/python_internal.h"

static const struct member NUMPY[] = {{"array", "numpy.ndarray"},
                                      {"asarray", "numpy.ndarray"},
                                      {"ascontiguousarray", "numpy.ndarray"},
                                      {"asanyarray", "numpy.ndarray"},
                                      {"zeros", "numpy.ndarray"},
                                      {"ones", "numpy.ndarray"},
                                      {"empty", "numpy.ndarray"},
                                      {"full", "numpy.ndarray"},
                                      {"zeros_like", "numpy.ndarray"},
                                      {"ones_like", "numpy.ndarray"},
                                      {"empty_like", "numpy.ndarray"},
                                      {"full_like", "numpy.ndarray"},
                                      {"arange", "numpy.ndarray"},
                                      {"linspace", "numpy.ndarray"},
                                      {"logspace", "numpy.ndarray"},
                                      {"eye", "numpy.ndarray"},
                                      {"identity", "numpy.ndarray"},
                                      {"diag", "numpy.ndarray"},
                                      {"concatenate", "numpy.ndarray"},
                                      {"stack", "numpy.ndarray"},
                                      {"vstack", "numpy.ndarray"},
                                      {"hstack", "numpy.ndarray"},
                                      {"column_stack", "numpy.ndarray"},
                                      {"frombuffer", "numpy.ndarray"},
                                      {"fromiter", "numpy.ndarray"},
                                      {"fromfile", "numpy.ndarray"},
                                      {"loadtxt", "numpy.ndarray"},
                                      {"genfromtxt", "numpy.ndarray"},
                                      {"cumsum", "numpy.ndarray"},
                                      {"cumprod", "numpy.ndarray"},
                                      {"diff", "numpy.ndarray"},
                                      {"sort", "numpy.ndarray"},
                                      {"argsort", "numpy.ndarray"},
                                      {"clip", "numpy.ndarray"},
                                      {"outer", "numpy.ndarray"},
                                      {"tile", "numpy.ndarray"},
                                      {"repeat", "numpy.ndarray"},
                                      {"ravel", "numpy.ndarray"},
                                      {"append", "numpy.ndarray"},
                                      {"insert", "numpy.ndarray"},
                                      {"delete", "numpy.ndarray"}};
static const struct member RANDOM[] = {{"rand", "numpy.ndarray"}, {"randn", "numpy.ndarray"}};
static const struct member NDARRAY[] = {
    {"astype", "numpy.ndarray"}, {"copy", "numpy.ndarray"},    {"reshape", "numpy.ndarray"},
    {"ravel", "numpy.ndarray"},  {"flatten", "numpy.ndarray"}, {"transpose", "numpy.ndarray"},
    {"cumsum", "numpy.ndarray"}, {"cumprod", "numpy.ndarray"}, {"argsort", "numpy.ndarray"},
    {"clip", "numpy.ndarray"},   {"repeat", "numpy.ndarray"},  {"squeeze", "numpy.ndarray"},
    {"round", "numpy.ndarray"},  {"tobytes", "bytes"},         {"tolist", "list"}};
static const struct member PANDAS[] = {
    {"read_csv", "pandas.DataFrame"},       {"read_parquet", "pandas.DataFrame"},
    {"read_excel", "pandas.DataFrame"},     {"read_json", "pandas.DataFrame"},
    {"read_sql", "pandas.DataFrame"},       {"read_sql_query", "pandas.DataFrame"},
    {"read_sql_table", "pandas.DataFrame"}, {"read_table", "pandas.DataFrame"},
    {"read_feather", "pandas.DataFrame"},   {"read_pickle", "pandas.DataFrame"},
    {"merge", "pandas.DataFrame"},          {"pivot_table", "pandas.DataFrame"}};
static const struct member FRAME[] = {{"copy", "pandas.DataFrame"},
                                      {"head", "pandas.DataFrame"},
                                      {"tail", "pandas.DataFrame"},
                                      {"dropna", "pandas.DataFrame"},
                                      {"fillna", "pandas.DataFrame"},
                                      {"drop", "pandas.DataFrame"},
                                      {"drop_duplicates", "pandas.DataFrame"},
                                      {"merge", "pandas.DataFrame"},
                                      {"join", "pandas.DataFrame"},
                                      {"sort_values", "pandas.DataFrame"},
                                      {"sort_index", "pandas.DataFrame"},
                                      {"reset_index", "pandas.DataFrame"},
                                      {"set_index", "pandas.DataFrame"},
                                      {"rename", "pandas.DataFrame"},
                                      {"query", "pandas.DataFrame"},
                                      {"assign", "pandas.DataFrame"},
                                      {"sample", "pandas.DataFrame"},
                                      {"to_numpy", "numpy.ndarray"}};
static const struct member SERIES[] = {{"copy", "pandas.Series"},
                                       {"head", "pandas.Series"},
                                       {"tail", "pandas.Series"},
                                       {"dropna", "pandas.Series"},
                                       {"fillna", "pandas.Series"},
                                       {"astype", "pandas.Series"},
                                       {"map", "pandas.Series"},
                                       {"sort_values", "pandas.Series"},
                                       {"sort_index", "pandas.Series"},
                                       {"drop_duplicates", "pandas.Series"},
                                       {"round", "pandas.Series"},
                                       {"abs", "pandas.Series"},
                                       {"to_numpy", "numpy.ndarray"},
                                       {"tolist", "list"},
                                       {"to_list", "list"}};
static const struct member HAS_NDARRAY[] = {{"T", "numpy.ndarray"},    {"real", "numpy.ndarray"},
                                            {"imag", "numpy.ndarray"}, {"flat", "Iterator"},
                                            {"ndim", "int"},           {"size", "int"}};
static const struct member HAS_FRAME[] = {{"values", "numpy.ndarray"}, {"T", "pandas.DataFrame"}};
static const struct member HAS_SERIES[] = {{"values", "numpy.ndarray"}};

static const struct owner CALLED[] = {
    {"numpy", NUMPY, COUNT_OF(NUMPY)},
    {"numpy.random", RANDOM, COUNT_OF(RANDOM)},
    {"numpy.ndarray", NDARRAY, COUNT_OF(NDARRAY)},
    {"pandas", PANDAS, COUNT_OF(PANDAS)},
    {"pandas.DataFrame", FRAME, COUNT_OF(FRAME)},
    {"pandas.Series", SERIES, COUNT_OF(SERIES)},
};
static const struct owner READ[] = {
    {"numpy.ndarray", HAS_NDARRAY, COUNT_OF(HAS_NDARRAY)},
    {"pandas.DataFrame", HAS_FRAME, COUNT_OF(HAS_FRAME)},
    {"pandas.Series", HAS_SERIES, COUNT_OF(HAS_SERIES)},
};

const char *python_arrays_called(struct view owner, struct view name)
{
    return python_given_by(CALLED, COUNT_OF(CALLED), owner, name);
}

const char *python_arrays_read(struct view owner, struct view name)
{
    return python_given_by(READ, COUNT_OF(READ), owner, name);
}

bool python_arrays_have(struct view name)
{
    for (const struct owner *owner = READ; owner < READ + COUNT_OF(READ); owner++)
        if (python_given_by(owner, 1, view_of(owner->path), name) != NULL)
            return true;
    return false;
}

const struct type *python_array_operator(const struct type *left, const struct type *right)
{
    if (left->kind == TYPE_INSTANCE && view_is(left->path, "numpy.ndarray"))
        return left;
    if (right->kind == TYPE_INSTANCE && view_is(right->path, "numpy.ndarray") &&
        (left->kind == TYPE_INT || left->kind == TYPE_FLOAT))
        return right;
    return NULL;
}
