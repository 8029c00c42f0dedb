/* What Cargo.toml and rust-toolchain.toml declare. Sources: the Cargo Book (the manifest format, workspaces,
 * specifying dependencies), the rustup book (overrides), the edition guide. */
#include "base/toml.h"
#include "facts/project_internal.h"

/* One entry of a table of dependencies; its keys may come in any order. */
struct requirement {
    struct view key, package; /* package: where it is renamed */
    uint16_t lowest;
    bool inherited; /* workspace = true */
};

/* "pyo3/abi3": of the dependency with that key. */
struct feature {
    struct view key, name;
};

/* [package] and its dependencies, or [workspace.package] and [workspace.dependencies]. */
struct manifest {
    uint16_t edition, rust;
    bool edition_inherited, rust_inherited;
    struct requirement *requirements;
    struct feature *features;
    size_t requirement_count, requirement_cap, feature_count, feature_cap;
};

struct cargo {
    struct manifest package, workspace;
    uint32_t crate_types;
    bool is_package, is_workspace;
};

static struct view key_at(const struct toml_scalar *scalar, size_t index)
{
    return index < scalar->key_count ? scalar->keys[index] : VIEW("");
}

static struct requirement *requirement_find(struct manifest *manifest, struct view key)
{
    for (size_t i = manifest->requirement_count; i > 0; i--) /* the keys of one mostly stand together */
        if (view_equal(manifest->requirements[i - 1].key, key))
            return &manifest->requirements[i - 1];
    return NULL;
}

/* NULL past the limit, and with *code set where the arena is full. */
static struct requirement *requirement_of(struct manifest *manifest, struct view key, struct arena *arena,
                                          enum err_code *code, struct err *err)
{
    struct requirement *found = requirement_find(manifest, key);

    if (found != NULL || manifest->requirement_count == PROJECT_DEPENDENCIES_MAX)
        return found;
    *code = arena_grow(arena, (void **)&manifest->requirements, manifest->requirement_count,
                       &manifest->requirement_cap, sizeof(*manifest->requirements), err);
    if (*code != ERR_OK)
        return NULL;
    found = &manifest->requirements[manifest->requirement_count++];
    *found = (struct requirement){.key = key};
    return found;
}

static enum err_code add_feature(struct manifest *manifest, struct view key, struct view name,
                                 struct arena *arena, struct err *err)
{
    if (manifest->feature_count == PROJECT_DEPENDENCIES_MAX)
        return ERR_OK;
    if (arena_grow(arena, (void **)&manifest->features, manifest->feature_count, &manifest->feature_cap,
                   sizeof(*manifest->features), err) != ERR_OK)
        return ERR_LIMIT;
    manifest->features[manifest->feature_count++] = (struct feature){key, name};
    return ERR_OK;
}

/* `key = "1"`, or one value of `key = {version = "1", ...}`, whose key is keys[at]. */
static enum err_code dependency_found(struct manifest *manifest, const struct toml_scalar *scalar, size_t at,
                                      struct arena *arena, struct err *err)
{
    struct view key = key_at(scalar, at), property = key_at(scalar, at + 1);
    enum err_code code = ERR_OK;
    struct requirement *requirement = requirement_of(manifest, key, arena, &code, err);

    if (requirement == NULL)
        return code;
    if (property.len == 0 || view_is(property, "version"))
        requirement->lowest = declared_lowest(scalar->text);
    else if (view_is(property, "package"))
        requirement->package = scalar->text;
    else if (view_is(property, "workspace"))
        requirement->inherited = view_is(scalar->text, "true");
    else if (view_is(property, "features"))
        code = add_feature(manifest, key, scalar->text, arena, err);
    return code;
}

/* `key = value` or `key.workspace = true`, keys[at] being the key. */
static void package_found(struct manifest *manifest, const struct toml_scalar *scalar, size_t at)
{
    struct view key = key_at(scalar, at);
    bool inherited = view_is(key_at(scalar, at + 1), "workspace") && view_is(scalar->text, "true");
    uint64_t edition;

    if (view_is(key, "edition")) {
        manifest->edition_inherited = inherited;
        if (!inherited && view_to_u64(scalar->text, &edition) && edition < UINT16_MAX)
            manifest->edition = (uint16_t)edition;
    } else if (view_is(key, "rust-version")) {
        manifest->rust_inherited = inherited;
        manifest->rust = inherited ? 0 : declared_lowest(scalar->text);
    }
}

static enum crate_type crate_type_of(const struct toml_scalar *scalar)
{
    struct view key = key_at(scalar, 1);
    bool type = view_is(key, "crate-type") || view_is(key, "crate_type");

    if (type && view_is(scalar->text, "cdylib"))
        return CRATE_CDYLIB;
    if ((type && view_is(scalar->text, "proc-macro")) ||
        ((view_is(key, "proc-macro") || view_is(key, "proc_macro")) && view_is(scalar->text, "true")))
        return CRATE_PROC_MACRO;
    return CRATE_LIB;
}

/* `all = ["name/feature"]`: what a build may switch on, all of the code must bear. */
static enum err_code own_feature_found(struct manifest *manifest, const struct toml_scalar *scalar,
                                       struct arena *arena, struct err *err)
{
    size_t slash = view_find_byte(scalar->text, '/', 0), end = slash;

    if (slash == SIZE_MAX || slash == 0)
        return ERR_OK;
    if (scalar->text.ptr[slash - 1] == '?') /* "name?/feature" */
        end--;
    return add_feature(manifest, view_slice(scalar->text, 0, end),
                       view_slice(scalar->text, slash + 1, scalar->text.len), arena, err);
}

static enum err_code cargo_found(void *ctx, const struct toml_scalar *scalar, struct err *err)
{
    struct declared *declared = ctx;
    struct cargo *cargo = declared->cargo;
    struct view table = key_at(scalar, 0), second = key_at(scalar, 1);
    enum err_code code = ERR_OK;

    if (view_is(table, "package")) {
        cargo->is_package = true;
        package_found(&cargo->package, scalar, 1);
    } else if (view_is(table, "workspace")) {
        cargo->is_workspace = true;
        if (view_is(second, "package"))
            package_found(&cargo->workspace, scalar, 2);
        else if (view_is(second, "dependencies") && scalar->key_count > 2)
            code = dependency_found(&cargo->workspace, scalar, 2, declared->arena, err);
    } else if (view_is(table, "lib"))
        cargo->crate_types |= UINT32_C(1) << crate_type_of(scalar);
    else if (view_is(table, "bin"))
        cargo->crate_types |= UINT32_C(1) << CRATE_BIN;
    else if (view_is(table, "features"))
        code = own_feature_found(&cargo->package, scalar, declared->arena, err);
    else if (view_is(table, "dependencies") && scalar->key_count > 1)
        code = dependency_found(&cargo->package, scalar, 1, declared->arena, err);
    else if (view_is(table, "target") && view_is(key_at(scalar, 2), "dependencies") && scalar->key_count > 3)
        code = dependency_found(&cargo->package, scalar, 3, declared->arena, err);
    return code;
}

enum err_code cargo_read(struct declared *declared, struct view text, const struct syntax_limits *limits,
                         const struct clock *clock, struct err *err)
{
    (void)limits, (void)clock;
    declared->cargo = ARENA_NEW(declared->arena, struct cargo);
    if (declared->cargo == NULL)
        return arena_full(declared->arena, err);
    return toml_read(text, declared->arena, cargo_found, declared, err);
}

static enum err_code toolchain_found(void *ctx, const struct toml_scalar *scalar, struct err *err)
{
    struct declared *declared = ctx;

    (void)err;
    if (view_is(key_at(scalar, 0), "toolchain") && view_is(key_at(scalar, 1), "channel"))
        declared->toolchain = declared_lowest(scalar->text); /* "stable" is no version */
    return ERR_OK;
}

enum err_code rust_toolchain_read(struct declared *declared, struct view text,
                                  const struct syntax_limits *limits, const struct clock *clock,
                                  struct err *err)
{
    (void)limits, (void)clock;
    return toml_read(text, declared->arena, toolchain_found, declared, err);
}

struct resolver {
    struct declared *declared;
    struct crate *crates;
    size_t cap;
    struct err *err;
};

/* Of equal names the first stays: a package's own requirement comes before the workspace's. */
static enum err_code add_crate(struct resolver *resolver, struct view name, struct view feature,
                               uint16_t lowest)
{
    struct declared *declared = resolver->declared;
    struct project *project = &declared->project;

    if (declared_normalise(name, declared->arena, &name, resolver->err) != ERR_OK)
        return ERR_LIMIT;
    if (feature.len > 0)
        name = arena_format(declared->arena, "%.*s/%.*s", VIEW_ARG(name), VIEW_ARG(feature));
    if (name.ptr == NULL)
        return arena_full(declared->arena, resolver->err);
    if (name.len == 0 || project->crate_count == PROJECT_DEPENDENCIES_MAX)
        return ERR_OK;
    if (arena_grow(declared->arena, (void **)&resolver->crates, project->crate_count, &resolver->cap,
                   sizeof(*resolver->crates), resolver->err) != ERR_OK)
        return ERR_LIMIT;
    resolver->crates[project->crate_count++] =
        (struct crate){name, (uint8_t)(lowest >> 8), (uint8_t)(lowest & 0xFF)};
    project->crates = resolver->crates;
    return ERR_OK;
}

static enum err_code add_features(struct resolver *resolver, const struct manifest *manifest, struct view key,
                                  struct view name)
{
    enum err_code code = ERR_OK;

    for (size_t i = 0; i < manifest->feature_count && code == ERR_OK; i++)
        if (view_equal(manifest->features[i].key, key))
            code = add_crate(resolver, name, manifest->features[i].name, 0);
    return code;
}

static enum err_code add_requirement(struct resolver *resolver, const struct requirement *requirement)
{
    struct cargo *workspace = resolver->declared->workspace;
    struct view key = requirement->key, name = requirement->package;
    uint16_t lowest = requirement->lowest;
    const struct requirement *inherited =
        requirement->inherited && workspace != NULL ? requirement_find(&workspace->workspace, key) : NULL;
    enum err_code code;

    if (inherited != NULL) {
        name = inherited->package;
        lowest = inherited->lowest;
    }
    if (name.len == 0)
        name = key;
    code = add_crate(resolver, name, VIEW(""), lowest);
    if (code == ERR_OK)
        code = add_features(resolver, &resolver->declared->cargo->package, key, name);
    if (code == ERR_OK && inherited != NULL)
        code = add_features(resolver, &workspace->workspace, key, name);
    return code;
}

/* The first Rust that knows an edition. */
static uint16_t rust_of_edition(uint16_t edition)
{
    static const struct {
        uint16_t edition, rust;
    } FIRSTS[] = {{2024, 1 << 8 | 85}, {2021, 1 << 8 | 56}, {2018, 1 << 8 | 31}};

    for (size_t i = 0; i < COUNT_OF(FIRSTS); i++)
        if (edition >= FIRSTS[i].edition)
            return FIRSTS[i].rust;
    return 0;
}

static void set_versions(struct declared *declared)
{
    static const struct manifest NONE = {0};
    const struct manifest *own = &declared->cargo->package;
    const struct manifest *shared = declared->workspace != NULL ? &declared->workspace->workspace : &NONE;
    uint16_t edition = own->edition_inherited ? shared->edition : own->edition;
    uint16_t rust = own->rust_inherited ? shared->rust : own->rust;

    if (edition == 0 && declared->cargo->is_package && !own->edition_inherited)
        edition = 2015; /* what Cargo takes then */
    if (rust == 0)
        rust = declared->toolchain;
    if (rust < rust_of_edition(edition))
        rust = rust_of_edition(edition);
    declared->project.edition = edition;
    declared->project.rust_major = (uint8_t)(rust >> 8);
    declared->project.rust_minor = (uint8_t)(rust & 0xFF);
}

enum err_code cargo_resolve(struct declared *declared, const struct declared *above, struct err *err)
{
    struct cargo *cargo = declared->cargo;
    struct resolver resolver = {.declared = declared, .err = err};
    enum err_code code = ERR_OK;

    if (above != NULL && declared->toolchain == 0)
        declared->toolchain = above->toolchain;
    declared->workspace = cargo != NULL && cargo->is_workspace ? cargo
                          : above != NULL                      ? above->workspace
                                                               : NULL;
    if (cargo == NULL) {
        if (above != NULL) {
            declared->project.edition = above->project.edition;
            declared->project.rust_major = above->project.rust_major;
            declared->project.rust_minor = above->project.rust_minor;
            declared->project.crate_types = above->project.crate_types;
            declared->project.crates = above->project.crates;
            declared->project.crate_count = above->project.crate_count;
        }
        return ERR_OK;
    }
    set_versions(declared);
    declared->project.crate_types = cargo->crate_types;
    for (size_t i = 0; i < cargo->package.requirement_count && code == ERR_OK; i++)
        code = add_requirement(&resolver, &cargo->package.requirements[i]);
    return code;
}
