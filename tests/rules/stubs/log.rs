//! log: each macro formats its arguments where the level is on.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub enum Level { Error = 1, Warn, Info, Debug, Trace }
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub enum LevelFilter { Off, Error, Warn, Info, Debug, Trace }
pub fn max_level() -> LevelFilter { LevelFilter::Off }
pub fn enabled(_level: Level) -> bool { false }
#[macro_export]
macro_rules! log_enabled { ($level:expr) => { $crate::enabled($level) }; }
#[macro_export]
macro_rules! log {
    (target: $target:expr, $level:expr, $($arg:tt)+) => { if $crate::enabled($level) { let _ = ($target, format_args!($($arg)+)); } };
    ($level:expr, $($arg:tt)+) => { if $crate::enabled($level) { let _ = format_args!($($arg)+); } };
}
macro_rules! level {
    ($dollar:tt $($name:ident $level:ident)*) => { $(
        #[macro_export]
        macro_rules! $name {
            (target: $dollar target:expr, $dollar($dollar arg:tt)+) => { $crate::log!(target: $dollar target, $crate::Level::$level, $dollar($dollar arg)+) };
            ($dollar($dollar arg:tt)+) => { $crate::log!($crate::Level::$level, $dollar($dollar arg)+) };
        }
    )* };
}
level! { $ error Error warn Warn info Info debug Debug trace Trace }
