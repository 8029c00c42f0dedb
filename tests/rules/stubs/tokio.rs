//! tokio 1
extern crate tokio_macros;
use std::future::Future;
pub use task::spawn;
pub use tokio_macros::{main, test};

pub fn block_on<F: Future>(_future: F) -> F::Output {
    unimplemented!()
}

pub mod task {
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    pub struct JoinHandle<T>(std::marker::PhantomData<T>);
    unsafe impl<T: Send> Send for JoinHandle<T> {}
    impl<T> JoinHandle<T> {
        pub fn abort(&self) {}
        pub fn is_finished(&self) -> bool {
            unimplemented!()
        }
    }
    impl<T> Future for JoinHandle<T> {
        type Output = Result<T, JoinError>;
        fn poll(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Self::Output> {
            unimplemented!()
        }
    }
    #[derive(Debug)]
    pub struct JoinError(());
    impl std::fmt::Display for JoinError {
        fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            unimplemented!()
        }
    }
    impl std::error::Error for JoinError {}
    impl From<JoinError> for std::io::Error {
        fn from(_error: JoinError) -> Self {
            unimplemented!()
        }
    }
    pub fn spawn<F>(_future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        unimplemented!()
    }
    pub fn spawn_local<F>(_future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        unimplemented!()
    }
    pub fn spawn_blocking<F, R>(_f: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        unimplemented!()
    }
    pub fn block_in_place<F: FnOnce() -> R, R>(_f: F) -> R {
        unimplemented!()
    }
    pub async fn yield_now() {}
    pub struct JoinSet<T>(std::marker::PhantomData<T>);
    impl<T: 'static> JoinSet<T> {
        pub fn new() -> Self {
            unimplemented!()
        }
        pub fn spawn<F>(&mut self, _future: F)
        where
            F: Future<Output = T> + Send + 'static,
            T: Send,
        {
        }
        pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
            unimplemented!()
        }
    }
}

pub mod runtime {
    use std::future::Future;

    pub struct Runtime(());
    impl Runtime {
        pub fn new() -> std::io::Result<Runtime> {
            unimplemented!()
        }
        pub fn block_on<F: Future>(&self, _future: F) -> F::Output {
            unimplemented!()
        }
        pub fn handle(&self) -> &Handle {
            unimplemented!()
        }
        pub fn spawn<F>(&self, _future: F) -> crate::task::JoinHandle<F::Output>
        where
            F: Future + Send + 'static,
            F::Output: Send + 'static,
        {
            unimplemented!()
        }
    }
    #[derive(Clone)]
    pub struct Handle(());
    impl Handle {
        pub fn current() -> Handle {
            unimplemented!()
        }
        pub fn block_on<F: Future>(&self, _future: F) -> F::Output {
            unimplemented!()
        }
    }
}

pub mod time {
    use std::future::Future;
    pub use std::time::Duration;

    pub async fn sleep(_duration: Duration) {}
    #[derive(Debug)]
    pub struct Elapsed(());
    pub async fn timeout<F: Future>(_duration: Duration, _future: F) -> Result<F::Output, Elapsed> {
        unimplemented!()
    }
    pub struct Interval(());
    pub fn interval(_period: Duration) -> Interval {
        unimplemented!()
    }
    impl Interval {
        pub async fn tick(&mut self) {}
    }
}

pub mod sync {
    use std::ops::{Deref, DerefMut};

    macro_rules! guard {
        ($($name:ident)*) => { $(
            pub struct $name<'a, T: ?Sized>(&'a T);
            unsafe impl<T: ?Sized + Send> Send for $name<'_, T> {}
            impl<T: ?Sized> Deref for $name<'_, T> {
                type Target = T;
                fn deref(&self) -> &T {
                    unimplemented!()
                }
            }
        )* };
    }
    guard! { MutexGuard RwLockReadGuard RwLockWriteGuard }
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
    pub struct Mutex<T: ?Sized>(std::sync::Mutex<T>);
    impl<T> Mutex<T> {
        pub fn new(_value: T) -> Self {
            unimplemented!()
        }
    }
    impl<T: ?Sized> Mutex<T> {
        pub async fn lock(&self) -> MutexGuard<'_, T> {
            unimplemented!()
        }
        pub fn blocking_lock(&self) -> MutexGuard<'_, T> {
            unimplemented!()
        }
        pub fn get_mut(&mut self) -> &mut T {
            unimplemented!()
        }
    }
    pub struct RwLock<T: ?Sized>(std::sync::RwLock<T>);
    impl<T> RwLock<T> {
        pub fn new(_value: T) -> Self {
            unimplemented!()
        }
    }
    impl<T: ?Sized> RwLock<T> {
        pub async fn read(&self) -> RwLockReadGuard<'_, T> {
            unimplemented!()
        }
        pub async fn write(&self) -> RwLockWriteGuard<'_, T> {
            unimplemented!()
        }
        pub fn get_mut(&mut self) -> &mut T {
            unimplemented!()
        }
    }
    pub struct Notify(());
    impl Notify {
        pub async fn notified(&self) {}
        pub fn notify_one(&self) {}
    }
    pub struct Semaphore(());
    pub struct SemaphorePermit<'a>(&'a Semaphore);
    #[derive(Debug)]
    pub struct AcquireError(());
    impl Semaphore {
        pub fn new(_permits: usize) -> Self {
            unimplemented!()
        }
        pub async fn acquire(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
            unimplemented!()
        }
    }
    pub mod mpsc {
        pub struct Sender<T>(std::sync::mpsc::SyncSender<T>);
        pub struct Receiver<T>(std::sync::mpsc::SyncSender<T>);
        impl<T> Clone for Sender<T> {
            fn clone(&self) -> Self {
                unimplemented!()
            }
        }
        #[derive(Debug)]
        pub struct SendError<T>(pub T);
        pub fn channel<T>(_buffer: usize) -> (Sender<T>, Receiver<T>) {
            unimplemented!()
        }
        impl<T> Sender<T> {
            pub async fn send(&self, _value: T) -> Result<(), SendError<T>> {
                unimplemented!()
            }
        }
        impl<T> Receiver<T> {
            pub async fn recv(&mut self) -> Option<T> {
                unimplemented!()
            }
        }
    }
}

pub mod fs {
    use std::io::Result;
    use std::path::Path;

    pub struct File(());
    impl File {
        pub async fn open(_path: impl AsRef<Path>) -> Result<File> {
            unimplemented!()
        }
    }
    pub async fn read(_path: impl AsRef<Path>) -> Result<Vec<u8>> {
        unimplemented!()
    }
    pub async fn read_to_string(_path: impl AsRef<Path>) -> Result<String> {
        unimplemented!()
    }
    pub async fn write(_path: impl AsRef<Path>, _data: impl AsRef<[u8]>) -> Result<()> {
        unimplemented!()
    }
}

pub mod net {
    pub struct TcpStream(());
    pub struct TcpListener(());
    impl TcpStream {
        pub async fn connect(_address: impl AsRef<str>) -> std::io::Result<TcpStream> {
            unimplemented!()
        }
    }
    impl TcpListener {
        pub async fn bind(_address: impl AsRef<str>) -> std::io::Result<TcpListener> {
            unimplemented!()
        }
        pub async fn accept(&self) -> std::io::Result<(TcpStream, std::net::SocketAddr)> {
            unimplemented!()
        }
    }
}

#[macro_export]
macro_rules! join {
    ($($future:expr),+ $(,)?) => { ($($future.await),+) };
}
#[macro_export]
macro_rules! try_join {
    ($($future:expr),+ $(,)?) => { async { Ok(($($future.await?),+)) }.await };
}
