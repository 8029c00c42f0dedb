/* Sizes of the types of std on 64-bit Linux, as rustc has had them since 1.64. Where they differ between
 * releases, the row says less: a range of spare bit patterns. */
#include "facts/rust_layout.h"

#define MANY (UINT64_C(1) << 32)
#define LIKE_POINTER 1, 1
#define AT_LEAST_ONE 1, UINT64_MAX

static const struct library_type LIBRARY[] = {
    {"std::string::String", LIBRARY_PLAIN, 24, 8, AT_LEAST_ONE, 0},
    {"std::vec::Vec", LIBRARY_PLAIN, 24, 8, AT_LEAST_ONE, 0},
    {"std::path::PathBuf", LIBRARY_PLAIN, 24, 8, AT_LEAST_ONE, 0},
    {"std::ffi::OsString", LIBRARY_PLAIN, 24, 8, AT_LEAST_ONE, 0},
    {"std::ffi::CString", LIBRARY_PLAIN, 16, 8, AT_LEAST_ONE, 0},
    {"std::collections::VecDeque", LIBRARY_PLAIN, 32, 8, AT_LEAST_ONE, 0},
    {"std::collections::BinaryHeap", LIBRARY_PLAIN, 24, 8, AT_LEAST_ONE, 0},
    {"std::collections::LinkedList", LIBRARY_PLAIN, 24, 8, 0, 0, 0},
    {"std::collections::BTreeMap", LIBRARY_PLAIN, 24, 8, 0, 0, 0},
    {"std::collections::BTreeSet", LIBRARY_PLAIN, 24, 8, 0, 0, 0},
    {"std::collections::btree_map::BTreeMap", LIBRARY_PLAIN, 24, 8, 0, 0, 0},
    {"std::collections::HashMap", LIBRARY_MAP, 48, 32, AT_LEAST_ONE, 2},
    {"std::collections::HashSet", LIBRARY_MAP, 48, 32, AT_LEAST_ONE, 1},
    {"std::collections::hash_map::HashMap", LIBRARY_MAP, 48, 32, AT_LEAST_ONE, 2},
    {"std::collections::hash_set::HashSet", LIBRARY_MAP, 48, 32, AT_LEAST_ONE, 1},
    {"std::boxed::Box", LIBRARY_POINTER, 8, 8, LIKE_POINTER, 0},
    {"std::rc::Rc", LIBRARY_POINTER, 8, 8, LIKE_POINTER, 0},
    {"std::rc::Weak", LIBRARY_POINTER, 8, 8, LIKE_POINTER, 0},
    {"std::sync::Arc", LIBRARY_POINTER, 8, 8, LIKE_POINTER, 0},
    {"std::sync::Weak", LIBRARY_POINTER, 8, 8, LIKE_POINTER, 0},
    {"std::ptr::NonNull", LIBRARY_POINTER, 8, 8, LIKE_POINTER, 0},
    {"std::option::Option", LIBRARY_OPTION, 0, 1, 0, 0, 0},
    {"std::result::Result", LIBRARY_RESULT, 0, 1, 0, 0, 0},
    {"std::io::Result", LIBRARY_IO_RESULT, 0, 1, 0, 0, 0},
    {"std::fmt::Result", LIBRARY_PLAIN, 1, 1, 254, 254, 0},
    {"std::fmt::Error", LIBRARY_PLAIN, 0, 1, 0, 0, 0},
    {"std::io::Error", LIBRARY_PLAIN, 8, 8, AT_LEAST_ONE, 0},
    {"std::cmp::Ordering", LIBRARY_PLAIN, 1, 1, 253, 253, 0},
    {"std::cmp::Reverse", LIBRARY_SAME, 0, 1, 0, 0, 0},
    {"std::num::Wrapping", LIBRARY_SAME, 0, 1, 0, 0, 0},
    {"std::pin::Pin", LIBRARY_SAME, 0, 1, 0, 0, 0},
    {"std::mem::ManuallyDrop", LIBRARY_SAME, 0, 1, 0, 0, 0},
    {"std::mem::MaybeUninit", LIBRARY_HIDDEN, 0, 1, 0, 0, 0},
    {"std::cell::Cell", LIBRARY_HIDDEN, 0, 1, 0, 0, 0},
    {"std::cell::UnsafeCell", LIBRARY_HIDDEN, 0, 1, 0, 0, 0},
    {"std::cell::RefCell", LIBRARY_BESIDE, 8, 8, 0, 0, 0},
    {"std::sync::Mutex", LIBRARY_BESIDE, 5, 4, 0, 0, 0},
    {"std::sync::RwLock", LIBRARY_BESIDE, 9, 4, 0, 0, 0},
    {"parking_lot::Mutex", LIBRARY_BESIDE, 1, 1, 0, 0, 0},
    {"parking_lot::RwLock", LIBRARY_BESIDE, 8, 8, 0, 0, 0},
    {"std::ops::Range", LIBRARY_PAIR, 0, 1, 0, 0, 0},
    {"std::marker::PhantomData", LIBRARY_PLAIN, 0, 1, 0, 0, 0},
    {"std::marker::PhantomPinned", LIBRARY_PLAIN, 0, 1, 0, 0, 0},
    {"std::time::Duration", LIBRARY_PLAIN, 16, 8, 0, MANY, 0},
    {"std::time::Instant", LIBRARY_PLAIN, 16, 8, 0, MANY, 0},
    {"std::time::SystemTime", LIBRARY_PLAIN, 16, 8, 0, MANY, 0},
    {"std::alloc::Layout", LIBRARY_PLAIN, 16, 8, 1, UINT64_MAX, 0},
    {"std::any::TypeId", LIBRARY_PLAIN, 16, 8, 0, 0, 0},
    {"std::net::Ipv4Addr", LIBRARY_PLAIN, 4, 1, 0, 0, 0},
    {"std::net::Ipv6Addr", LIBRARY_PLAIN, 16, 1, 0, 0, 0},
    {"std::net::IpAddr", LIBRARY_PLAIN, 17, 1, 254, 254, 0},
    {"std::net::SocketAddr", LIBRARY_PLAIN, 32, 4, 254, MANY, 0},
    {"std::net::TcpStream", LIBRARY_PLAIN, 4, 4, 1, 1, 0},
    {"std::net::UdpSocket", LIBRARY_PLAIN, 4, 4, 1, 1, 0},
    {"std::fs::File", LIBRARY_PLAIN, 4, 4, 1, 1, 0},
    {"std::task::Waker", LIBRARY_PLAIN, 16, 8, AT_LEAST_ONE, 0},
    {"std::sync::atomic::AtomicBool", LIBRARY_PLAIN, 1, 1, 0, 0, 0},
    {"std::sync::atomic::AtomicU8", LIBRARY_PLAIN, 1, 1, 0, 0, 0},
    {"std::sync::atomic::AtomicI8", LIBRARY_PLAIN, 1, 1, 0, 0, 0},
    {"std::sync::atomic::AtomicU16", LIBRARY_PLAIN, 2, 2, 0, 0, 0},
    {"std::sync::atomic::AtomicI16", LIBRARY_PLAIN, 2, 2, 0, 0, 0},
    {"std::sync::atomic::AtomicU32", LIBRARY_PLAIN, 4, 4, 0, 0, 0},
    {"std::sync::atomic::AtomicI32", LIBRARY_PLAIN, 4, 4, 0, 0, 0},
    {"std::sync::atomic::AtomicU64", LIBRARY_PLAIN, 8, 8, 0, 0, 0},
    {"std::sync::atomic::AtomicI64", LIBRARY_PLAIN, 8, 8, 0, 0, 0},
    {"std::sync::atomic::AtomicUsize", LIBRARY_PLAIN, 8, 8, 0, 0, 0},
    {"std::sync::atomic::AtomicIsize", LIBRARY_PLAIN, 8, 8, 0, 0, 0},
    {"std::sync::atomic::AtomicPtr", LIBRARY_PLAIN, 8, 8, 0, 0, 0},
    {"std::num::NonZeroU8", LIBRARY_PLAIN, 1, 1, 1, 1, 0},
    {"std::num::NonZeroI8", LIBRARY_PLAIN, 1, 1, 1, 1, 0},
    {"std::num::NonZeroU16", LIBRARY_PLAIN, 2, 2, 1, 1, 0},
    {"std::num::NonZeroI16", LIBRARY_PLAIN, 2, 2, 1, 1, 0},
    {"std::num::NonZeroU32", LIBRARY_PLAIN, 4, 4, 1, 1, 0},
    {"std::num::NonZeroI32", LIBRARY_PLAIN, 4, 4, 1, 1, 0},
    {"std::num::NonZeroU64", LIBRARY_PLAIN, 8, 8, 1, 1, 0},
    {"std::num::NonZeroI64", LIBRARY_PLAIN, 8, 8, 1, 1, 0},
    {"std::num::NonZeroUsize", LIBRARY_PLAIN, 8, 8, 1, 1, 0},
    {"std::num::NonZeroIsize", LIBRARY_PLAIN, 8, 8, 1, 1, 0},
};

/* C's integers, wherever they are imported from. */
static const struct {
    const char *name;
    uint8_t bytes;
} C_INTEGERS[] = {
    {"c_char", 1},  {"c_schar", 1},  {"c_uchar", 1}, {"c_short", 2},     {"c_ushort", 2},
    {"c_int", 4},   {"c_uint", 4},   {"c_long", 8},  {"c_ulong", 8},     {"c_longlong", 8},
    {"c_float", 4}, {"c_double", 8}, {"size_t", 8},  {"c_ulonglong", 8}, {"ssize_t", 8},
};
static const char *const C_CRATES[] = {"std::os::raw::", "std::ffi::", "libc::"};

/* Types that only pointers lead to. */
static const char *const UNSIZED[] = {"std::path::Path", "std::ffi::OsStr", "std::ffi::CStr"};

static const struct {
    const char *name;
    uint8_t bytes;
    uint64_t spare;
} PRIMITIVES[] = {
    {"bool", 1, 254}, {"char", 4, UINT32_MAX - 0x10FFFF},
    {"u8", 1, 0},     {"i8", 1, 0},
    {"u16", 2, 0},    {"i16", 2, 0},
    {"u32", 4, 0},    {"i32", 4, 0},
    {"f32", 4, 0},    {"u64", 8, 0},
    {"i64", 8, 0},    {"f64", 8, 0},
    {"usize", 8, 0},  {"isize", 8, 0},
    {"u128", 16, 0},  {"i128", 16, 0},
};

bool rust_primitive_layout(struct view name, struct layout *out)
{
    for (size_t i = 0; i < COUNT_OF(PRIMITIVES); i++)
        if (view_is(name, PRIMITIVES[i].name)) {
            *out = layout_plain(PRIMITIVES[i].bytes, PRIMITIVES[i].bytes);
            out->spare_least = out->spare_most = PRIMITIVES[i].spare;
            return true;
        }
    if (!view_is(name, "str"))
        return false;
    *out = layout_unknown();
    out->sized = LAYOUT_UNSIZED;
    return true;
}

/* One row, made of a name and a size. */
static const struct library_type *c_integer(struct view path)
{
    static const struct library_type BY_BYTES[] = {{"", LIBRARY_PLAIN, 1, 1, 0, 0, 0},
                                                   {"", LIBRARY_PLAIN, 2, 2, 0, 0, 0},
                                                   {"", LIBRARY_PLAIN, 4, 4, 0, 0, 0},
                                                   {"", LIBRARY_PLAIN, 8, 8, 0, 0, 0}};
    for (size_t c = 0; c < COUNT_OF(C_CRATES); c++) {
        struct view name = view_of(C_CRATES[c]);
        if (!view_starts(path, C_CRATES[c]))
            continue;
        name = view_slice(path, name.len, path.len);
        for (size_t i = 0; i < COUNT_OF(C_INTEGERS); i++)
            if (view_is(name, C_INTEGERS[i].name))
                return &BY_BYTES[C_INTEGERS[i].bytes == 8 ? 3 : C_INTEGERS[i].bytes / 2];
    }
    return NULL;
}

const struct library_type *rust_library_type(struct view path)
{
    for (size_t i = 0; i < COUNT_OF(LIBRARY); i++)
        if (view_is(path, LIBRARY[i].path))
            return &LIBRARY[i];
    return c_integer(path);
}

bool rust_library_unsized(struct view path)
{
    return rust_word_in(path, UNSIZED, COUNT_OF(UNSIZED));
}
