/* What model classes say of their attributes, the types of queries on them, and whether a relation may have
 * been fetched with its rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts_fixture.h"

static const char *const KINDS[] = {"-",   "value", "one",   "back",   "generic",
                                    "set", "lazy",  "eager", "manager"};

static const struct {
    const char *text, *class_name, *field, *kind, *target;
} FIELDS[] = {
    {"class A(models.Model):\n  b = models.ForeignKey('shop.B', on_delete=x)\n", "A", "b", "one", "B"},
    {"class A(models.Model):\n  b = ForeignKey(on_delete=x, to=shop.B)\n", "A", "b", "one", "B"},
    {"class A(Model):\n  b = models.ForeignKey('self')\n", "A", "b", "one", "A"},
    {"class A(Model):\n  b = models.ForeignKey(settings.AUTH_USER_MODEL)\n", "A", "b", "one", "User"},
    {"class A(Model):\n  b = models.ForeignKey(get_user_model())\n", "A", "b", "one", "User"},
    {"class A(Model):\n  b = models.OneToOneField(B, related_name='aa')\n", "B", "aa", "back", "A"},
    {"class Ab(Model):\n  b = models.OneToOneField(B)\n", "B", "ab", "back", "Ab"},
    {"class A(Model):\n  b = models.ForeignKey(B, related_name='as_b')\n", "B", "as_b", "set", "A"},
    {"class A(Model):\n  b = models.ForeignKey(B, related_name='+')\n", "B", "+", "-", ""},
    {"class A(Model):\n  b = models.ForeignKey(B, related_name='%(class)s_b')\n", "B", "%(class)s_b", "-",
     ""},
    {"class A(Model):\n  b = GenericForeignKey('c', 'd')\n", "A", "b", "generic", ""},
    {"class A(Model):\n  b = models.ManyToManyField(B)\n", "A", "b", "set", "B"},
    {"class A(Model):\n  b = models.CharField(max_length=3)\n", "A", "b", "value", ""},
    {"class A(Model):\n  b = 3\n  c = f()\n", "A", "c", "-", ""},
    {"class A(Model):\n  if x:\n    b = models.ForeignKey(B)\n", "A", "b", "-", ""},
    {"x = '''class A(Model):\n  b = models.ForeignKey(B)'''\nclass C: pass\n", "A", "b", "-", ""},
    {"class A(Base):\n  b = relationship('B')\n", "A", "b", "lazy", "B"},
    {"class A(Base):\n  b: Mapped[List['B']] = relationship(back_populates='a')\n", "A", "b", "lazy", "B"},
    {"class A(Base):\n  b = relationship(B, lazy='joined')\n", "A", "b", "eager", "B"},
    {"class A(Base):\n  b = relationship(B, lazy=False)\n", "A", "b", "eager", "B"},
    {"class A(Base):\n  b = relationship(B, lazy='raise')\n", "A", "b", "-", "B"},
    {"class A(Base):\n  b = relationship(B, backref='aa')\n", "B", "aa", "lazy", "A"},
    {"class A(Base):\n  b = Column(Integer, ForeignKey('b.id'))\n", "A", "b", "value", ""},
    {"class A(Model):\n  own = AManager.from_queryset(AQuery)()\n", "A", "own", "manager", "AQuery"},
    {"class A(Model):\n  own = AQuery.as_manager()\n", "A", "own", "manager", "AQuery"},
    /* from a base, and its own before that */
    {"class M(Model):\n  b = models.ForeignKey(B)\nclass A(x.M):\n  c = models.TextField()\n", "A", "b",
     "one", "B"},
    {"class M(Model):\n  b = models.ForeignKey(B)\nclass A(M):\n  b = models.TextField()\n", "A", "b",
     "value", ""},
    {"class A(A):\n  c = models.TextField()\n", "A", "b", "-", ""},
    /* two classes of one name */
    {"class A(Model):\n  b = models.ForeignKey(B)\nclass A(Model):\n  b = models.TextField()\n", "A", "b",
     "-", ""},
    {"class A(Model):\n  b = models.ForeignKey(B)\nclass A(Model):\n  b = models.ForeignKey(C)\n", "A", "b",
     "one", ""},
};

static void classes_say_what_their_attributes_are(void **state)
{
    static const struct clock CLOCK = {no_time, NULL};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++) {
        struct arena *arena = arena_new(1 << 22);
        struct models *models = models_new(arena);
        struct tree *tree = NULL;
        struct model_field field;

        assert_true(models_may_stand_in(view_of(FIELDS[i].text)) || FIELDS[i].kind[0] == '-');
        assert_int_equal(tree_parse(LANGUAGE_PYTHON, view_of(FIELDS[i].text), &SYNTAX_LIMITS_DEFAULT, &CLOCK,
                                    arena, &tree, NULL),
                         ERR_OK);
        assert_int_equal(models_add(models, tree, NULL), ERR_OK);
        models_close(models);
        field = models_find(models, view_of(FIELDS[i].class_name), view_of(FIELDS[i].field));
        if (strcmp(KINDS[field.kind], FIELDS[i].kind) != 0 || !view_is(field.target, FIELDS[i].target))
            fail_msg("%s: %s %.*s", FIELDS[i].text, KINDS[field.kind], VIEW_ARG(field.target));
        arena_free(arena);
    }
}

#define MODELS                                                                                               \
    "class Order(models.Model):\n  customer = models.ForeignKey(Customer)\n"                                 \
    "class Line(models.Model):\n  order = models.ForeignKey(Order, related_name='lines')\n"                  \
    "  product = models.ForeignKey(Product)\n"                                                               \
    "class User(Base):\n  team = relationship('Team')\n  posts = relationship('Post')\n"
#define ALCHEMY "from sqlalchemy import select\n"

static const struct {
    const char *source, *kind, *path;
} TYPES[] = {
    {"x = <<Order.objects>>", "instance", "django.db.models.Manager"},
    {"x = <<Order.objects.filter(a=1).order_by('b')>>", "instance", "django.db.models.QuerySet"},
    {"x = <<shop.Order.objects.all()[:5]>>", "instance", "django.db.models.QuerySet"},
    {"x = <<Order.objects.get(a=1)>>", "instance", "Order"},
    {"x = <<Order.objects.count()>>", "int", ""},
    {"x = <<Order.objects.paid()>>", "unknown", ""},
    {"x = <<order.objects.filter(a=1)>>", "unknown", ""},
    {"for o in Order.objects.exclude(a=1):\n  f(<<o>>)\n", "instance", "Order"},
    {"qs = Order.objects.all()\nif x:\n  qs = qs.filter(a=1)\nfor o in qs:\n  f(<<o>>)\n", "instance",
     "Order"},
    {"for o in Order.objects.values('a'):\n  f(<<o>>)\n", "dict", ""},
    {"from django.db.models import QuerySet\nfrom a.b import Order\ndef f(qs: QuerySet[Order]):\n  for o in "
     "qs:\n    f(<<o>>)\n",
     "instance", "a.b.Order"},
    {"x = <<x.line_set.all()>>", "instance", "django.db.models.QuerySet"},
    {"x = <<x.line_set.union(y)>>", "unknown", ""},
    {"class V(View):\n  model = Order\n  def f(self):\n    for o in self.get_queryset():\n      f(<<o>>)\n",
     "instance", "Order"},
    {MODELS "for o in Order.objects.all():\n  for l in o.lines.all():\n    f(<<l>>)\n", "instance", "Line"},
    {MODELS "f(<<Order.objects.get(a=1).customer>>)\n", "instance", "Customer"},
    {"x = <<session.query(User)>>", "instance", "sqlalchemy.orm.Query"},
    {"for u in session.query(User).filter_by(a=1).all():\n  f(<<u>>)\n", "instance", "User"},
    {"for u in session.query(User.id):\n  f(<<u>>)\n", "unknown", ""},
    {"x = <<User.query.filter_by(a=1).first()>>", "instance", "User"},
    {ALCHEMY "for u in session.scalars(select(User).where(x)):\n  f(<<u>>)\n", "instance", "User"},
    {ALCHEMY "for u in session.execute(select(User)).scalars().all():\n  f(<<u>>)\n", "instance", "User"},
    {ALCHEMY "async def f(session):\n  r = await session.execute(select(User))\n  for u in r.scalars():\n"
             "    f(<<u>>)\n",
     "instance", "User"},
    {"for u in session.scalars(select(User)):\n  f(<<u>>)\n", "unknown", ""},
    {"cur = connection.cursor()\n<<cur>>.execute(x)\n", "instance", "dbapi.Cursor"},
};

static void queries_keep_the_class_of_their_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(TYPES); i++)
        check_type(LANGUAGE_PYTHON, TYPES[i].source, TYPES[i].source, TYPES[i].kind, TYPES[i].path);
}

static const struct {
    const char *source;
    const char *kind;
    bool preloaded;
} READS[] = {
    {"for o in Order.objects.all():\n  f(<<o.customer>>)\n", "one", false},
    {"for o in Order.objects.select_related('customer'):\n  f(<<o.customer>>)\n", "one", true},
    {"for o in Order.objects.select_related('customer__team'):\n  f(<<o.customer>>)\n", "one", true},
    {"for o in Order.objects.select_related('shop__customer'):\n  f(<<o.customer>>)\n", "one", true},
    {"for o in Order.objects.select_related('customers').all():\n  f(<<o.customer>>)\n", "one", false},
    {"for o in Order.objects.select_related():\n  f(<<o.customer>>)\n", "one", true},
    {"for o in Order.objects.prefetch_related(*NAMES):\n  f(<<o.customer>>)\n", "one", true},
    {"for o in Order.objects.prefetch_related(NAMES):\n  f(<<o.customer>>)\n", "one", true},
    {"for o in Order.objects.prefetch_related(Prefetch('lines')):\n  f(<<o.customer>>)\n", "one", false},
    {"for o in Order.objects.prefetch_related(Prefetch('lines')):\n  f(<<o.lines>>)\n", "set", true},
    {"qs = Order.objects.all()\nif x:\n  qs = qs.select_related('customer')\nfor o in qs:\n"
     "  f(<<o.customer>>)\n",
     "one", true},
    {"qs = Order.objects.all()\nif x:\n  qs = qs.filter(a=1)\nfor o in qs:\n  f(<<o.customer>>)\n", "one",
     false},
    {"qs = Order.objects.all()\nprefetch_related_objects(qs, 'customer')\nfor o in qs:\n  "
     "f(<<o.customer>>)\n",
     "one", true},
    {"for o in sorted(Order.objects.filter(a=1), key=k):\n  f(<<o.customer>>)\n", "one", false},
    {"for o in Order.objects.prefetch_related('lines__product'):\n  for l in o.lines.all():\n"
     "    f(<<l.product>>)\n",
     "one", true},
    {"for o in Order.objects.prefetch_related('lines'):\n  for l in o.lines.all():\n    f(<<l.product>>)\n",
     "one", false},
    {"from django.db.models import QuerySet\ndef f(qs: QuerySet[Order]):\n  for o in qs:\n"
     "    f(<<o.customer>>)\n",
     "one", true},
    {"class V(View):\n  model = Order\n  def f(self):\n    for o in self.get_queryset():\n"
     "      f(<<o.customer>>)\n",
     "one", false},
    {"class V(View):\n  queryset = Order.objects.select_related('customer')\n  def f(self):\n"
     "    for o in self.get_queryset():\n      f(<<o.customer>>)\n",
     "one", true},
    {"for u in session.query(User):\n  f(<<u.team>>)\n", "lazy", false},
    {"for u in session.query(User).options(joinedload(User.team)):\n  f(<<u.team>>)\n", "lazy", true},
    {"for u in session.query(User).options(joinedload(User.posts)).all():\n  f(<<u.team>>)\n", "lazy", false},
    {"for u in session.query(User).options(joinedload('*')):\n  f(<<u.team>>)\n", "lazy", true},
    {ALCHEMY "s = select(User)\nif x:\n  s = s.options(selectinload(User.team))\n"
             "for u in session.scalars(s):\n  f(<<u.team>>)\n",
     "lazy", true},
    {ALCHEMY "s = select(User).where(a)\nfor u in session.execute(s).scalars().all():\n  f(<<u.team>>)\n",
     "lazy", false},
    {"class Q(models.QuerySet):\n  def full(self):\n    return self.select_related('customer')\n"
     "class P(models.Model):\n  objects = Q.as_manager()\n  customer = models.ForeignKey(C)\n"
     "for p in P.objects.all():\n  f(<<p.customer>>)\n",
     "one", false},
    {"class Q(models.QuerySet):\n  def all(self):\n    return self.select_related('customer')\n"
     "class P(models.Model):\n  objects = Q.as_manager()\n  customer = models.ForeignKey(C)\n"
     "for p in P.objects.all():\n  f(<<p.customer>>)\n",
     "one", true},
    {"class P(models.Model):\n  objects = Elsewhere()\n  customer = models.ForeignKey(C)\n"
     "for p in P.objects.all():\n  f(<<p.customer>>)\n",
     "one", true},
    {"class P(models.Model):\n  objects = models.Manager()\n  customer = models.ForeignKey(C)\n"
     "for p in P.objects.all():\n  f(<<p.customer>>)\n",
     "one", false},
};

static void a_relation_is_preloaded_where_its_query_may_say_so(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(READS); i++) {
        struct marked m;
        struct model_field field;
        char source[4096];

        snprintf(source, sizeof(source), "%s%s", MODELS, READS[i].source);
        marked_open(&m, LANGUAGE_PYTHON, source);
        field = facts_model_field(m.facts, m.node);
        if (strcmp(KINDS[field.kind], READS[i].kind) != 0 ||
            facts_preloaded(m.facts, m.node) != READS[i].preloaded)
            fail_msg("%s: %s %d", READS[i].source, KINDS[field.kind], facts_preloaded(m.facts, m.node));
        arena_free(m.arena);
    }
}

static const struct {
    const char *source;
    enum query_effect effect;
} QUERIES[] = {
    {"x = <<Order.objects.get(a=1)>>\n", QUERY_READ},
    {"x = <<Order.objects.filter(a=1)>>.exclude(b=2).count()\n", QUERY_READ},
    {"for o in <<Order.objects.filter(a=1)>>:\n  pass\n", QUERY_READ},
    {"if <<Order.objects.filter(a=1)>>:\n  pass\n", QUERY_READ},
    {"x = list(<<Order.objects.filter(a=1)>>)\n", QUERY_READ},
    {"x = <<Order.objects.filter(a=1)>>[0]\n", QUERY_READ},
    {"x = <<Order.objects.filter(a=1)>>[:3]\n", QUERY_NONE},
    {"x = <<Order.objects.filter(a=1)>>\n", QUERY_NONE},
    {"x = <<Order.objects.filter(a=1)>>\nprint(x)\n", QUERY_NONE},
    {"x = <<Order.objects.filter(a=1)>>\nfor o in x.order_by('b'):\n  pass\n", QUERY_READ},
    {"f(<<Order.objects.filter(a=1)>>)\n", QUERY_NONE},
    {"xs.append(<<Order.objects.filter(a=1)>>)\n", QUERY_NONE},
    {"x = x | <<Order.objects.filter(a=1)>>\n", QUERY_NONE},
    {"x = <<Order.objects.filter(a=1)>>.paid()\n", QUERY_NONE},
    {"<<Order.objects.filter(a=1)>>.update(b=2)\n", QUERY_WRITE},
    {"<<Order.objects.create(a=1)>>\n", QUERY_WRITE},
    {"<<Order.objects.bulk_create(xs)>>\n", QUERY_BULK},
    {"async def f():\n  return await <<Order.objects.aget(a=1)>>\n", QUERY_READ},
    {"x = <<cache.get(a)>>\n", QUERY_NONE},
    {"x = <<session.get(Order, 1)>>\n", QUERY_READ},
    {"x = <<session.get(URL, 1)>>\n", QUERY_NONE},
    {"x = <<session.get(url, timeout=1)>>\n", QUERY_NONE},
    {"x = <<session.query(Order)>>.filter(a).all()\n", QUERY_READ},
    {"x = <<session.query(Order)>>.filter(a)\n", QUERY_NONE},
    {"x = <<Order.query.filter_by(a=1)>>.first()\n", QUERY_READ},
    {ALCHEMY "x = <<session.execute(select(Order))>>\n", QUERY_READ},
    {"x = <<session.execute(sql)>>\n", QUERY_NONE},
};

static void a_query_is_asked_where_its_rows_are_wanted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(QUERIES); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_PYTHON, QUERIES[i].source);
        if (facts_query(m.facts, m.node) != QUERIES[i].effect)
            fail_msg("%s: %d", QUERIES[i].source, (int)facts_query(m.facts, m.node));
        arena_free(m.arena);
    }
}

static void the_index_survives_every_arena_cap(void **state)
{
    static const struct clock CLOCK = {no_time, NULL};
    struct arena *scratch = arena_new(1 << 22);
    struct tree *tree = NULL;
    enum err_code code = ERR_LIMIT;

    (void)state;
    assert_int_equal(
        tree_parse(LANGUAGE_PYTHON, view_of(MODELS), &SYNTAX_LIMITS_DEFAULT, &CLOCK, scratch, &tree, NULL),
        ERR_OK);
    for (size_t cap = 0; cap < 1 << 14; cap += 32) {
        struct arena *arena = arena_new(cap);
        struct models *models = models_new(arena);
        code = models != NULL ? models_add(models, tree, NULL) : ERR_LIMIT;
        assert_true(code == ERR_OK || code == ERR_LIMIT);
        arena_free(arena);
    }
    assert_int_equal(code, ERR_OK);
    arena_free(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_say_what_their_attributes_are),
        cmocka_unit_test(queries_keep_the_class_of_their_rows),
        cmocka_unit_test(a_relation_is_preloaded_where_its_query_may_say_so),
        cmocka_unit_test(a_query_is_asked_where_its_rows_are_wanted),
        cmocka_unit_test(the_index_survives_every_arena_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
