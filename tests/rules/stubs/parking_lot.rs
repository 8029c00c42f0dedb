//! parking_lot: the locks of std without poisoning.
use std::ops::{Deref, DerefMut};

macro_rules! guard {
    ($($name:ident),*) => { $(
        pub struct $name<'a, T: ?Sized>(&'a T, std::marker::PhantomData<*mut ()>);
        impl<T: ?Sized> Deref for $name<'_, T> {
            type Target = T;
            fn deref(&self) -> &T {
                unimplemented!()
            }
        }
    )* };
}
guard! { MutexGuard, RwLockReadGuard, RwLockWriteGuard }
impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        unimplemented!()
    }
}
impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        unimplemented!()
    }
}
#[derive(Default)]
pub struct Mutex<T: ?Sized>(std::sync::Mutex<T>);
impl<T> Mutex<T> {
    pub const fn new(value: T) -> Self {
        Mutex(std::sync::Mutex::new(value))
    }
}
impl<T: ?Sized> Mutex<T> {
    pub fn lock(&self) -> MutexGuard<'_, T> {
        unimplemented!()
    }
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        unimplemented!()
    }
    pub fn get_mut(&mut self) -> &mut T {
        unimplemented!()
    }
}
#[derive(Default)]
pub struct RwLock<T: ?Sized>(std::sync::RwLock<T>);
impl<T> RwLock<T> {
    pub const fn new(value: T) -> Self {
        RwLock(std::sync::RwLock::new(value))
    }
}
impl<T: ?Sized> RwLock<T> {
    pub fn read(&self) -> RwLockReadGuard<'_, T> {
        unimplemented!()
    }
    pub fn write(&self) -> RwLockWriteGuard<'_, T> {
        unimplemented!()
    }
    pub fn get_mut(&mut self) -> &mut T {
        unimplemented!()
    }
}
pub struct Condvar(());
impl Condvar {
    pub const fn new() -> Self {
        Condvar(())
    }
    pub fn wait<T: ?Sized>(&self, _guard: &mut MutexGuard<'_, T>) {}
    pub fn notify_all(&self) {}
}
