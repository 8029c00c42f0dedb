//! A stand-in for futures: signatures alone.
pub mod future {
    use std::future::Future;

    pub async fn join_all<I: IntoIterator>(_futures: I) -> Vec<<I::Item as Future>::Output>
    where
        I::Item: Future,
    {
        Vec::new()
    }
    pub async fn try_join_all<I, T, E>(_futures: I) -> Result<Vec<T>, E>
    where
        I: IntoIterator,
        I::Item: Future<Output = Result<T, E>>,
    {
        Ok(Vec::new())
    }
}

pub mod stream {
    use std::future::Future;
    use std::marker::PhantomData;

    pub trait Stream {
        type Item;
    }

    pub struct Iter<I>(PhantomData<I>);
    impl<I: Iterator> Stream for Iter<I> {
        type Item = I::Item;
    }
    pub fn iter<I: IntoIterator>(_items: I) -> Iter<I::IntoIter> {
        Iter(PhantomData)
    }

    pub struct FuturesUnordered<F>(PhantomData<F>);
    impl<F: Future> Stream for FuturesUnordered<F> {
        type Item = F::Output;
    }
    impl<F> FuturesUnordered<F> {
        pub fn new() -> Self {
            FuturesUnordered(PhantomData)
        }
        pub fn push(&self, _future: F) {}
    }
    impl<F> FromIterator<F> for FuturesUnordered<F> {
        fn from_iter<I: IntoIterator<Item = F>>(_futures: I) -> Self {
            FuturesUnordered(PhantomData)
        }
    }

    pub struct Map<S, F>(PhantomData<(S, F)>);
    impl<S: Stream, T, F: FnMut(S::Item) -> T> Stream for Map<S, F> {
        type Item = T;
    }
    pub struct Buffered<S>(PhantomData<S>);
    impl<S: Stream> Stream for Buffered<S>
    where
        S::Item: Future,
    {
        type Item = <S::Item as Future>::Output;
    }

    pub trait StreamExt: Stream + Sized {
        fn map<T, F: FnMut(Self::Item) -> T>(self, _f: F) -> Map<Self, F> {
            Map(PhantomData)
        }
        fn buffered(self, _n: usize) -> Buffered<Self>
        where
            Self::Item: Future,
        {
            Buffered(PhantomData)
        }
        fn buffer_unordered(self, _n: usize) -> Buffered<Self>
        where
            Self::Item: Future,
        {
            Buffered(PhantomData)
        }
        fn collect<C: Default + Extend<Self::Item>>(self) -> std::future::Ready<C> {
            std::future::ready(C::default())
        }
        fn next(&mut self) -> std::future::Ready<Option<Self::Item>> {
            std::future::ready(None)
        }
    }
    impl<S: Stream> StreamExt for S {}
}
