//! rayon: parallel iterators with the bounds that matter (Send, Sync).
pub mod prelude {
    pub trait ParallelIterator: Sized {
        type Item: Send;
        fn map<F, R>(self, _f: F) -> Mapped<R>
        where
            F: Fn(Self::Item) -> R + Sync + Send,
            R: Send,
        {
            unimplemented!()
        }
        fn filter<F>(self, _f: F) -> Mapped<Self::Item>
        where
            F: Fn(&Self::Item) -> bool + Sync + Send,
        {
            unimplemented!()
        }
        fn for_each<F>(self, _f: F)
        where
            F: Fn(Self::Item) + Sync + Send,
        {
            unimplemented!()
        }
        fn sum<S>(self) -> S
        where
            S: Send + std::iter::Sum<Self::Item>,
        {
            unimplemented!()
        }
        fn collect<C: FromIterator<Self::Item>>(self) -> C {
            unimplemented!()
        }
        fn count(self) -> usize {
            unimplemented!()
        }
    }
    pub struct Mapped<T>(std::marker::PhantomData<T>);
    impl<T: Send> ParallelIterator for Mapped<T> {
        type Item = T;
    }
    pub trait IntoParallelRefIterator<T: Sync> {
        fn par_iter<'a>(&'a self) -> Mapped<&'a T>;
    }
    impl<T: Sync> IntoParallelRefIterator<T> for [T] {
        fn par_iter<'a>(&'a self) -> Mapped<&'a T> {
            unimplemented!()
        }
    }
    impl<T: Sync> IntoParallelRefIterator<T> for Vec<T> {
        fn par_iter<'a>(&'a self) -> Mapped<&'a T> {
            unimplemented!()
        }
    }
    pub trait IntoParallelIterator {
        type Item: Send;
        fn into_par_iter(self) -> Mapped<Self::Item>;
    }
    impl<T: Send> IntoParallelIterator for Vec<T> {
        type Item = T;
        fn into_par_iter(self) -> Mapped<T> {
            unimplemented!()
        }
    }
    impl<T: Send> IntoParallelIterator for std::ops::Range<T> {
        type Item = T;
        fn into_par_iter(self) -> Mapped<T> {
            unimplemented!()
        }
    }
    pub trait ParallelSlice<T: Sync> {
        fn par_chunks<'a>(&'a self, size: usize) -> Mapped<&'a [T]>;
    }
    impl<T: Sync> ParallelSlice<T> for [T] {
        fn par_chunks<'a>(&'a self, _size: usize) -> Mapped<&'a [T]> {
            unimplemented!()
        }
    }
}
