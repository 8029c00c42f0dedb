/* Queries in loops as a change brings them: the shipped rules, models in files that did not change, and what
 * a deletion does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "review_fixture.h"

static const struct file_text MODELS = {
    {"shop/models.py", 14},
    {"from django.db import models\n\n\nclass Order(models.Model):\n"
     "    customer = models.ForeignKey(\"Customer\", on_delete=models.CASCADE)\n",
     129}};

#define VIEWS(query)                                                                                         \
    "from .models import Order\n\n\ndef report(year):\n    print(year)\n    orders = " query                 \
    "\n    print(len(str(year)))\n    print(year)\n    print(year)\n    print(year)\n    print(year)\n"      \
    "    for order in orders:\n        print(order.customer.name)\n"
#define DIRECT(query)                                                                                        \
    "from .models import Order\n\n\ndef report(year):\n    for order in " query                              \
    ":\n        print(order.customer.name)\n"

static const struct {
    const char *name, *base, *head;
    bool models;
    const char *findings; /* "rule:line@anchor" */
} ROWS[] = {
    {"select_related is taken away", DIRECT("Order.objects.select_related(\"customer\")"),
     DIRECT("Order.objects.all()"), true, "py-orm-related-in-loop:6@5 "},
    {"it is taken away from the query that a name holds",
     VIEWS("Order.objects.filter(year=year).select_related(\"customer\")"),
     VIEWS("Order.objects.filter(year=year)"), true, "py-orm-related-in-loop:13@6 "},
    {"it is put in", DIRECT("Order.objects.all()"), DIRECT("Order.objects.select_related(\"customer\")"),
     true, ""},
    {"the query loads something else now", DIRECT("Order.objects.select_related(\"customer\")"),
     DIRECT("Order.objects.select_related(\"shop\")"), true, "py-orm-related-in-loop:6@5 "},
    {"what was there is not reported", DIRECT("Order.objects.all()"), DIRECT("Order.objects.exclude(year=1)"),
     true, ""},
    {"without the models nothing is known", DIRECT("Order.objects.select_related(\"customer\")"),
     DIRECT("Order.objects.all()"), false, ""},
};

static struct catalogue *shipped(void)
{
    struct catalogue *catalogue = NULL;
    struct err err = {0};
    size_t count;
    const struct rule_source *sources = rule_sources_embedded(&count);

    if (catalogue_new(sources, count, &catalogue, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return catalogue;
}

static void describe(const struct review *review, struct buffer *out)
{
    for (size_t i = 0; i < review->finding_count; i++)
        buffer_add_format(out, "%.*s:%u@%u ", VIEW_ARG(review->findings[i].rule->id),
                          review->findings[i].line, review->findings[i].anchor);
}

static void a_query_that_no_longer_loads_a_relation_is_found(void **state)
{
    struct catalogue *catalogue = shipped();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct review_options options = {.models = &MODELS, .model_count = ROWS[i].models ? 1 : 0};
        struct arena *arena = arena_new(1 << 26);
        struct fixture_delta delta;
        struct buffer out;

        fixture_make(&delta, "shop/views.py", NULL, ROWS[i].base, ROWS[i].head);
        buffer_init(&out, 1 << 12);
        describe(fixture_run(catalogue, &delta.delta, 1, &options, arena), &out);
        if (!view_is(buffer_view(&out), ROWS[i].findings))
            fail_msg("%s: %.*s", ROWS[i].name, VIEW_ARG(buffer_view(&out)));
        buffer_deinit(&out);
        arena_free(arena);
    }
    catalogue_free(catalogue);
}

static void models_of_the_change_are_known_and_not_reported_twice(void **state)
{
    struct catalogue *catalogue = shipped();
    struct arena *arena = arena_new(1 << 26);
    struct delta deltas[] = {
        {.path = VIEW("shop/views.py"), .head = VIEW(DIRECT("Order.objects.all()")), .whole = true},
        {.path = MODELS.path, .head = MODELS.text, .whole = true}};
    struct review *review = fixture_run(catalogue, deltas, COUNT_OF(deltas), NULL, arena);

    (void)state;
    assert_int_equal(review->finding_count, 1);
    assert_true(view_is(review->findings[0].path, "shop/views.py"));
    assert_int_equal(review->receipt.files, 2);
    arena_free(arena);
    catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_that_no_longer_loads_a_relation_is_found),
        cmocka_unit_test(models_of_the_change_are_known_and_not_reported_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
