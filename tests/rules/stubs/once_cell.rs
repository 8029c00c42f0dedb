//! once_cell 1
pub mod sync {
    pub struct Lazy<T, F = fn() -> T>(F, std::marker::PhantomData<T>);
    unsafe impl<T: Send + Sync, F: Send> Sync for Lazy<T, F> {}
    impl<T, F> Lazy<T, F> {
        pub const fn new(f: F) -> Self {
            Lazy(f, std::marker::PhantomData)
        }
    }
    impl<T, F: FnOnce() -> T> std::ops::Deref for Lazy<T, F> {
        type Target = T;
        fn deref(&self) -> &T {
            unimplemented!()
        }
    }
    pub struct OnceCell<T>(std::marker::PhantomData<T>);
    unsafe impl<T: Send + Sync> Sync for OnceCell<T> {}
    impl<T> OnceCell<T> {
        pub const fn new() -> Self {
            OnceCell(std::marker::PhantomData)
        }
        pub fn get_or_init<F: FnOnce() -> T>(&self, _f: F) -> &T {
            unimplemented!()
        }
    }
}
