//! tracing: events with fields (`n = 1`, `%shown`, `?debugged`, `name`) or a format, and spans.
extern crate tracing_macros;
pub use tracing_macros::instrument;
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Level(u8);
impl Level {
    pub const ERROR: Level = Level(1);
    pub const WARN: Level = Level(2);
    pub const INFO: Level = Level(3);
    pub const DEBUG: Level = Level(4);
    pub const TRACE: Level = Level(5);
}
pub fn on(_level: Level) -> bool { false }
pub fn value<T: ?Sized>(_value: &T) {}
pub struct Span(());
pub struct Entered(());
impl Span {
    pub fn none() -> Span { Span(()) }
    pub fn enter(&self) -> Entered { Entered(()) }
    pub fn entered(self) -> Entered { Entered(()) }
    pub fn in_scope<R>(&self, f: impl FnOnce() -> R) -> R { f() }
}
#[macro_export]
macro_rules! enabled { ($level:expr) => { $crate::on($level) }; }
#[macro_export]
macro_rules! fields {
    () => {};
    ($format:literal $($rest:tt)*) => { let _ = format_args!($format $($rest)*); };
    ($(target:)? $name:ident = % $value:expr $(, $($rest:tt)*)?) => { let _ = format_args!("{}", $value); $($crate::fields!($($rest)*);)? };
    ($name:ident = ? $value:expr $(, $($rest:tt)*)?) => { let _ = format_args!("{:?}", $value); $($crate::fields!($($rest)*);)? };
    ($name:ident = $value:expr $(, $($rest:tt)*)?) => { $crate::value(&$value); $($crate::fields!($($rest)*);)? };
    (% $value:expr $(, $($rest:tt)*)?) => { let _ = format_args!("{}", $value); $($crate::fields!($($rest)*);)? };
    (? $value:expr $(, $($rest:tt)*)?) => { let _ = format_args!("{:?}", $value); $($crate::fields!($($rest)*);)? };
    ($value:expr $(, $($rest:tt)*)?) => { $crate::value(&$value); $($crate::fields!($($rest)*);)? };
}
#[macro_export]
macro_rules! event { ($level:expr, $($arg:tt)+) => { if $crate::on($level) { $crate::fields!($($arg)+); } }; }
#[macro_export]
macro_rules! span { ($level:expr, $name:literal $(, $($arg:tt)+)?) => {{ $($crate::fields!($($arg)+);)? $crate::Span::none() }}; }
macro_rules! level {
    ($dollar:tt $($name:ident $span:ident $level:ident)*) => { $(
        #[macro_export]
        macro_rules! $name { ($dollar($dollar arg:tt)+) => { $crate::event!($crate::Level::$level, $dollar($dollar arg)+) }; }
        #[macro_export]
        macro_rules! $span { ($dollar($dollar arg:tt)+) => { $crate::span!($crate::Level::$level, $dollar($dollar arg)+) }; }
    )* };
}
level! { $ error error_span ERROR warn warn_span WARN info info_span INFO debug debug_span DEBUG trace trace_span TRACE }
