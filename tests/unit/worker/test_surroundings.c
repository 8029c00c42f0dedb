/* Which files around a change are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "worker/surroundings.h"
#include <string.h>

enum { FAKE_FILES_MAX = 8, DELTAS_MAX = 3 };

/* A tree of files, all with the same text, that can be told to fail. */
struct fake {
    const char *const *paths;
    enum err_code fails;
    const char *text;
    int lists, reads;
};

static enum err_code fake_list(void *ctx, struct view folder, struct arena *arena,
                               const struct mirror_entry **out, size_t *count, struct err *err)
{
    struct fake *fake = ctx;
    struct mirror_entry *entries = ARENA_ARRAY(arena, struct mirror_entry, FAKE_FILES_MAX);
    size_t found = 0, skip = folder.len > 0 ? folder.len + 1 : 0;

    fake->lists++;
    if (fake->fails != ERR_OK)
        return err_set(err, fake->fails, "as told");
    for (size_t i = 0; i < FAKE_FILES_MAX && fake->paths[i] != NULL; i++) {
        struct view path = view_of(fake->paths[i]), name;
        size_t slash;

        if (path.len <= skip || !view_equal(view_slice(path, 0, folder.len), folder) ||
            (skip > 0 && path.ptr[folder.len] != '/'))
            continue;
        name = view_slice(path, skip, path.len);
        slash = view_find_byte(name, '/', 0);
        entries[found++] = (struct mirror_entry){view_slice(name, 0, slash), slash != SIZE_MAX};
    }
    *out = entries;
    *count = found;
    return ERR_OK;
}

static enum err_code fake_read(void *ctx, struct view path, size_t max_bytes, struct arena *arena,
                               struct view *out, struct err *err)
{
    struct fake *fake = ctx;
    (void)max_bytes, (void)arena;
    fake->reads++;
    for (size_t i = 0; i < FAKE_FILES_MAX && fake->paths[i] != NULL; i++)
        if (view_is(path, fake->paths[i])) {
            *out = view_of(fake->text ? fake->text : "text");
            return fake->fails == ERR_OK ? ERR_OK : err_set(err, fake->fails, "as told");
        }
    return err_set(err, ERR_NOT_FOUND, "no such file");
}

static const struct row {
    const char *name;
    const char *files[FAKE_FILES_MAX];
    struct {
        const char *path, *head;
    } deltas[DELTAS_MAX];
    const char *declared, *models, *text; /* text: of all files; NULL: "text" */
} ROWS[] = {
    {.name = "the root and the folders above the change",
     .files = {"pyproject.toml", "a/setup.cfg", "a/b/requirements.txt", "c/setup.py", "README"},
     .deltas = {{"a/b/x.py", ""}, {"a/b/y.py", ""}},
     .declared = "pyproject.toml a/setup.cfg a/b/requirements.txt "},
    {.name = "what leaves the root has no root above it",
     .files = {"pyproject.toml", "../a/setup.cfg"},
     .deltas = {{"../a/x.py", ""}, {"/b/x.py", ""}},
     .declared = "../a/setup.cfg "},
    {.name = "models next to code that asks for rows",
     .files = {"shop/models.py", "shop/api/views.py", "shop/api/models.py", "other/models.py"},
     .deltas = {{"shop/api/views.py", "Order.objects.all()\n"}},
     .models = "shop/api/models.py shop/models.py "},
    {.name = "code that asks for none has no use for them",
     .files = {"shop/models.py"},
     .deltas = {{"shop/views.py", "print(1)\n"}}},
    {.name = "a package of models",
     .files = {"shop/models/__init__.py", "shop/models/order.py", "shop/models/notes.txt"},
     .deltas = {{"shop/views.py", "session.query(Order)\n"}},
     .models = "shop/models/__init__.py shop/models/order.py "},
    {.name = "models that are imported, from wherever Python's path starts",
     .files = {"src/billing/models.py", "src/db/main/models.py", "src/app/v.py", "models.py"},
     .deltas = {{"src/app/v.py", "from billing.models import Bill\nfrom db.main import models\n"
                                 "x = Bill.objects.get()\n"}},
     .models = "src/billing/models.py src/db/main/models.py "},
    {.name = "relative imports",
     .files = {"a/b/models.py", "a/c/models.py", "a/c/d/v.py", "c/models.py"},
     .deltas = {{"a/c/d/v.py", "  from ...b.models import (\n B)\nfrom .. import models, x\nselect(B)\n"}},
     .models = "a/c/models.py a/b/models.py "},
    {.name = "what changed itself is there already",
     .files = {"a/models.py"},
     .deltas = {{"a/models.py", ""}, {"a/v.py", "A.objects.all()"}}},
    {.name = "the manifest of a crate and that of its workspace",
     .files = {"Cargo.toml", "crates/x/Cargo.toml", "crates/y/Cargo.toml", "rust-toolchain.toml"},
     .deltas = {{"crates/x/src/lib.rs", ""}},
     .declared = "Cargo.toml rust-toolchain.toml crates/x/Cargo.toml "},
    {.name = "the sources of an extension module",
     .files = {"pyproject.toml", "Cargo.toml", "src/lib.rs", "src/a/b.rs", "python/pack/x.py", "src/notes"},
     .deltas = {{"python/pack/y.py", "import z\n"}},
     .text = "maturin",
     .declared = "pyproject.toml Cargo.toml ",
     .models = "src/lib.rs "},
    {.name = "a crate in a folder of its own",
     .files = {"setup.py", "rust/src/lib.rs", "src/rust/src/lib.rs", "native/lib.rs", "pack/x.py"},
     .deltas = {{"pack/y.py", "import z\n"}},
     .text = "setuptools_rust",
     .declared = "setup.py ",
     .models = "rust/src/lib.rs src/rust/src/lib.rs "},
    {.name = "the packages that may call an extension module",
     .files = {"Cargo.toml", "src/lib.rs", "python/pack/x.py", "python/pack/y.pyi", "tests/test_x.py"},
     .deltas = {{"src/more.rs", "#[pyfunction]\n"}},
     .text = "pyo3",
     .declared = "Cargo.toml ",
     .models = "python/pack/x.py "},
    {.name = "packages beside the manifest",
     .files = {"Cargo.toml", "src/lib.rs", "pack/x.py", "tests/test_x.py", ".hidden/x.py"},
     .deltas = {{"src/more.rs", "#[pyfunction]\n"}},
     .text = "pyo3",
     .declared = "Cargo.toml ",
     .models = "pack/x.py "},
    {.name = "no extension module is built",
     .files = {"Cargo.toml", "src/lib.rs", "pack/x.py"},
     .deltas = {{"pack/y.py", "import z\n"}, {"src/more.rs", "#[pyfunction]\n"}},
     .declared = "Cargo.toml "},
};

static void load(const struct row *row, struct fake *fake, enum err_code expected, struct arena *arena,
                 struct surroundings *out)
{
    const struct surroundings_source source = {fake_list, fake_read, fake};
    struct delta deltas[DELTAS_MAX];
    size_t count = 0;
    struct err err = {0};

    for (; count < DELTAS_MAX && row->deltas[count].path != NULL; count++)
        deltas[count] = (struct delta){.path = view_of(row->deltas[count].path),
                                       .head = view_of(row->deltas[count].head)};
    assert_int_equal(surroundings_load(&source, deltas, count, arena, out, &err), expected);
}

static void expect_paths(const struct row *row, const struct file_text *files, size_t count,
                         const char *expected)
{
    struct buffer out;

    buffer_init(&out, 1 << 12);
    for (size_t i = 0; i < count; i++)
        buffer_add_format(&out, "%.*s ", VIEW_ARG(files[i].path));
    if (!view_is(buffer_view(&out), expected != NULL ? expected : ""))
        fail_msg("%s: %.*s", row->name, VIEW_ARG(buffer_view(&out)));
    buffer_deinit(&out);
}

static void what_surrounds_a_change_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct fake fake = {.paths = ROWS[i].files, .text = ROWS[i].text};
        struct surroundings out = {0};

        load(&ROWS[i], &fake, ERR_OK, arena, &out);
        expect_paths(&ROWS[i], out.declared, out.declared_count, ROWS[i].declared);
        expect_paths(&ROWS[i], out.models, out.model_count, ROWS[i].models);
        arena_free(arena);
    }
}

static void a_file_that_cannot_be_had_is_left_out_and_a_store_that_fails_is_told(void **state)
{
    static const enum err_code CODES[][2] = {{ERR_NOT_FOUND, ERR_OK},
                                             {ERR_LIMIT, ERR_OK},
                                             {ERR_INVALID, ERR_OK},
                                             {ERR_UNAVAILABLE, ERR_UNAVAILABLE},
                                             {ERR_INTERNAL, ERR_INTERNAL}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CODES); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct fake fake = {.paths = ROWS[2].files, .fails = CODES[i][0]};
        struct surroundings out = {0};

        load(&ROWS[2], &fake, CODES[i][1], arena, &out);
        assert_int_equal(out.declared_count + out.model_count, 0);
        arena_free(arena);
    }
}

/* Thousands of folders and of imports: no more is asked for than the limits say. */
static void looking_around_is_bounded(void **state)
{
    static const char *const NONE[FAKE_FILES_MAX] = {NULL};
    enum { MANY = 2000 };
    struct arena *arena = arena_new(8 << 20);
    struct fake fake = {.paths = NONE};
    const struct surroundings_source source = {fake_list, fake_read, &fake};
    struct delta *deltas = ARENA_ARRAY(arena, struct delta, MANY);
    struct surroundings out = {0};
    struct err err = {0};

    (void)state;
    for (int i = 0; i < MANY; i++)
        deltas[i] =
            (struct delta){.path = arena_format(arena, "a%d/b/x.py", i),
                           .head = arena_format(arena, "from m%d.models import A\nA.objects.get()\n", i)};
    assert_int_equal(surroundings_load(&source, deltas, MANY, arena, &out, &err), ERR_OK);
    assert_true(fake.reads <= 1000 && fake.lists <= 1000 + SURROUNDINGS_FOLDERS_MAX);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_surrounds_a_change_is_read),
        cmocka_unit_test(a_file_that_cannot_be_had_is_left_out_and_a_store_that_fails_is_told),
        cmocka_unit_test(looking_around_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
