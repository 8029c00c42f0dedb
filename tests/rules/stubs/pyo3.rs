//! PyO3: the names of its versions 0.21 to 0.27 side by side (`with_gil` and `attach`, `import` and `import_bound`).
extern crate pyo3_macros;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

pub use pyo3_macros::{pyclass, pyfunction, pymethods, pymodule, FromPyObject};

#[derive(Clone, Copy)]
pub struct Python<'py>(PhantomData<(&'py (), *mut ())>);

/// What may cross into a region without the interpreter: in PyO3 an auto trait, here what is Send.
pub trait Ungil {}
impl<T: Send> Ungil for T {}

impl<'py> Python<'py> {
    pub fn with_gil<F, R>(_f: F) -> R
    where
        F: for<'a> FnOnce(Python<'a>) -> R,
    {
        unimplemented!()
    }
    pub fn attach<F, R>(_f: F) -> R
    where
        F: for<'a> FnOnce(Python<'a>) -> R,
    {
        unimplemented!()
    }
    pub fn allow_threads<T: Ungil, F: Ungil + FnOnce() -> T>(self, _f: F) -> T {
        unimplemented!()
    }
    pub fn detach<T: Ungil, F: Ungil + FnOnce() -> T>(self, _f: F) -> T {
        unimplemented!()
    }
    pub fn import(self, _name: &str) -> PyResult<Bound<'py, PyModule>> {
        unimplemented!()
    }
    pub fn import_bound(self, _name: &str) -> PyResult<Bound<'py, PyModule>> {
        unimplemented!()
    }
    pub fn None(self) -> Py<PyAny> {
        unimplemented!()
    }
    pub fn check_signals(self) -> PyResult<()> {
        unimplemented!()
    }
    pub fn get_type<T: PyTypeInfo>(self) -> Bound<'py, types::PyType> {
        unimplemented!()
    }
}

pub struct Py<T>(PhantomData<T>);
unsafe impl<T> Send for Py<T> {}
unsafe impl<T> Sync for Py<T> {}
impl<T> Clone for Py<T> {
    fn clone(&self) -> Self {
        unimplemented!()
    }
}
pub struct Bound<'py, T>(PhantomData<(&'py (), *mut (), T)>);
impl<'py, T> Clone for Bound<'py, T> {
    fn clone(&self) -> Self {
        unimplemented!()
    }
}
#[derive(Clone, Copy)]
pub struct Borrowed<'a, 'py, T>(PhantomData<(&'a (), &'py (), *const T)>);
impl<'a, 'py, T> Deref for Borrowed<'a, 'py, T> {
    type Target = Bound<'py, T>;
    fn deref(&self) -> &Bound<'py, T> {
        unimplemented!()
    }
}
pub struct PyRef<'py, T>(PhantomData<(&'py (), *mut (), T)>);
pub struct PyRefMut<'py, T>(PhantomData<(&'py (), *mut (), T)>);
impl<'py, T> PyRef<'py, T> {
    pub fn py(&self) -> Python<'py> {
        unimplemented!()
    }
}
impl<'py, T> PyRefMut<'py, T> {
    pub fn py(&self) -> Python<'py> {
        unimplemented!()
    }
}
impl<T> Deref for PyRef<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        unimplemented!()
    }
}
impl<T> Deref for PyRefMut<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        unimplemented!()
    }
}
impl<T> DerefMut for PyRefMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        unimplemented!()
    }
}
pub type PyObject = Py<PyAny>;

pub struct PyErr(());
pub type PyResult<T> = Result<T, PyErr>;
impl PyErr {
    pub fn new<T, A>(_arguments: A) -> PyErr {
        unimplemented!()
    }
    pub fn from_value(_value: Bound<'_, PyAny>) -> PyErr {
        unimplemented!()
    }
    pub fn is_instance_of<T: PyTypeInfo>(&self, _py: Python<'_>) -> bool {
        unimplemented!()
    }
    pub fn restore(self, _py: Python<'_>) {
        unimplemented!()
    }
}
impl std::fmt::Debug for PyErr {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        unimplemented!()
    }
}
impl std::fmt::Display for PyErr {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        unimplemented!()
    }
}
impl std::error::Error for PyErr {}
impl From<std::io::Error> for PyErr {
    fn from(_error: std::io::Error) -> PyErr {
        unimplemented!()
    }
}
impl From<std::str::Utf8Error> for PyErr {
    fn from(_error: std::str::Utf8Error) -> PyErr {
        unimplemented!()
    }
}
impl From<std::num::ParseIntError> for PyErr {
    fn from(_error: std::num::ParseIntError) -> PyErr {
        unimplemented!()
    }
}
impl From<Infallible> for PyErr {
    fn from(_error: Infallible) -> PyErr {
        unimplemented!()
    }
}
#[derive(Debug)]
pub struct DowncastError(());
impl From<DowncastError> for PyErr {
    fn from(_error: DowncastError) -> PyErr {
        unimplemented!()
    }
}
#[derive(Debug)]
pub struct PyBorrowError(());
impl From<PyBorrowError> for PyErr {
    fn from(_error: PyBorrowError) -> PyErr {
        unimplemented!()
    }
}

/// Types that Python knows: its own and those with `#[pyclass]`.
pub trait PyTypeInfo {}
pub trait PyClass: PyTypeInfo {}

pub trait FromPyObject<'py>: Sized {}
macro_rules! from_py {
    ($($plain:ty),*) => { $(impl<'py> FromPyObject<'py> for $plain {})* };
}
from_py! { i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64, bool, char, String, std::path::PathBuf, pybacked::PyBackedStr, pybacked::PyBackedBytes }
impl<'py> FromPyObject<'py> for &'py str {}
impl<'py> FromPyObject<'py> for &'py [u8] {}
impl<'py> FromPyObject<'py> for std::borrow::Cow<'py, str> {}
impl<'py> FromPyObject<'py> for std::borrow::Cow<'py, [u8]> {}
impl<'py, T: FromPyObject<'py>> FromPyObject<'py> for Option<T> {}
impl<'py, T: FromPyObject<'py>> FromPyObject<'py> for Vec<T> {}
impl<'py, T: FromPyObject<'py>> FromPyObject<'py> for HashSet<T> {}
impl<'py, K: FromPyObject<'py>, V: FromPyObject<'py>> FromPyObject<'py> for HashMap<K, V> {}
impl<'py, K: FromPyObject<'py>, V: FromPyObject<'py>> FromPyObject<'py> for BTreeMap<K, V> {}
impl<'py, A: FromPyObject<'py>> FromPyObject<'py> for (A,) {}
impl<'py, A: FromPyObject<'py>, B: FromPyObject<'py>> FromPyObject<'py> for (A, B) {}
impl<'py, A: FromPyObject<'py>, B: FromPyObject<'py>, C: FromPyObject<'py>> FromPyObject<'py> for (A, B, C) {}
impl<'py, T: PyTypeInfo> FromPyObject<'py> for Bound<'py, T> {}
impl<'py, T: PyTypeInfo> FromPyObject<'py> for Py<T> {}
impl<'py, T: PyClass> FromPyObject<'py> for PyRef<'py, T> {}
impl<'py, T: PyClass> FromPyObject<'py> for PyRefMut<'py, T> {}

pub trait IntoPyObject<'py>: Sized {
    fn into_pyobject(self, _py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        unimplemented!()
    }
}
/// Before PyO3 0.23 `into_py` and `to_object`.
pub trait IntoPy<T>: Sized {
    fn into_py(self, _py: Python<'_>) -> T {
        unimplemented!()
    }
}
impl<T: for<'py> IntoPyObject<'py>> IntoPy<Py<PyAny>> for T {}
pub trait ToPyObject {
    fn to_object(&self, _py: Python<'_>) -> Py<PyAny> {
        unimplemented!()
    }
}
impl<T> ToPyObject for T where for<'a, 'py> &'a T: IntoPyObject<'py> {}
macro_rules! into_py {
    ($($plain:ty),*) => { $(impl<'py> IntoPyObject<'py> for $plain {} impl<'a, 'py> IntoPyObject<'py> for &'a $plain {})* };
}
into_py! { i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64, bool, char, String, () }
impl<'a, 'py> IntoPyObject<'py> for &'a str {}
impl<'a, 'b, 'py> IntoPyObject<'py> for &'b &'a str {}
impl<'py, T: IntoPyObject<'py>> IntoPyObject<'py> for Option<T> {}
impl<'py, T: IntoPyObject<'py>> IntoPyObject<'py> for Vec<T> {}
impl<'a, 'py, T> IntoPyObject<'py> for &'a [T] where &'a T: IntoPyObject<'py> {}
impl<'a, 'py, T> IntoPyObject<'py> for &'a Vec<T> where &'a T: IntoPyObject<'py> {}
impl<'py, K: IntoPyObject<'py>, V: IntoPyObject<'py>> IntoPyObject<'py> for HashMap<K, V> {}
impl<'py, A: IntoPyObject<'py>> IntoPyObject<'py> for (A,) {}
impl<'py, A: IntoPyObject<'py>, B: IntoPyObject<'py>> IntoPyObject<'py> for (A, B) {}
impl<'py, A: IntoPyObject<'py>, B: IntoPyObject<'py>, C: IntoPyObject<'py>> IntoPyObject<'py> for (A, B, C) {}
impl<'py, T> IntoPyObject<'py> for Py<T> {}
impl<'a, 'py, T> IntoPyObject<'py> for &'a Py<T> {}
impl<'py, T> IntoPyObject<'py> for Bound<'py, T> {}
impl<'a, 'py, T> IntoPyObject<'py> for &'a Bound<'py, T> {}

/// What a call takes as arguments: a tuple.
pub trait PyCallArgs<'py> {}
impl<'py> PyCallArgs<'py> for () {}
impl<'py, A: IntoPyObject<'py>> PyCallArgs<'py> for (A,) {}
impl<'py, A: IntoPyObject<'py>, B: IntoPyObject<'py>> PyCallArgs<'py> for (A, B) {}
impl<'py, A: IntoPyObject<'py>, B: IntoPyObject<'py>, C: IntoPyObject<'py>> PyCallArgs<'py> for (A, B, C) {}
impl<'a, 'py> PyCallArgs<'py> for &'a Bound<'py, types::PyTuple> {}
impl<'py> PyCallArgs<'py> for Bound<'py, types::PyTuple> {}

impl<T> Py<T> {
    pub fn new(_py: Python<'_>, _value: impl Into<PyClassInitializer<T>>) -> PyResult<Py<T>> {
        unimplemented!()
    }
    pub fn clone_ref(&self, _py: Python<'_>) -> Py<T> {
        unimplemented!()
    }
    pub fn bind<'py>(&self, _py: Python<'py>) -> &Bound<'py, T> {
        unimplemented!()
    }
    pub fn into_bound<'py>(self, _py: Python<'py>) -> Bound<'py, T> {
        unimplemented!()
    }
    pub fn borrow<'py>(&'py self, _py: Python<'py>) -> PyRef<'py, T> {
        unimplemented!()
    }
    pub fn borrow_mut<'py>(&'py self, _py: Python<'py>) -> PyRefMut<'py, T> {
        unimplemented!()
    }
    pub fn get_refcnt(&self, _py: Python<'_>) -> isize {
        unimplemented!()
    }
    pub fn getattr<'py, N: IntoPyObject<'py>>(&self, _py: Python<'py>, _name: N) -> PyResult<Py<PyAny>> {
        unimplemented!()
    }
    pub fn setattr<'py, N: IntoPyObject<'py>, V: IntoPyObject<'py>>(&self, _py: Python<'py>, _name: N, _value: V) -> PyResult<()> {
        unimplemented!()
    }
    pub fn extract<'py, D: FromPyObject<'py>>(&self, _py: Python<'py>) -> PyResult<D> {
        unimplemented!()
    }
    pub fn call0(&self, _py: Python<'_>) -> PyResult<Py<PyAny>> {
        unimplemented!()
    }
    pub fn call1<'py>(&self, _py: Python<'py>, _args: impl PyCallArgs<'py>) -> PyResult<Py<PyAny>> {
        unimplemented!()
    }
    pub fn call_method0<'py, N: IntoPyObject<'py>>(&self, _py: Python<'py>, _name: N) -> PyResult<Py<PyAny>> {
        unimplemented!()
    }
    pub fn call_method1<'py, N: IntoPyObject<'py>>(&self, _py: Python<'py>, _name: N, _args: impl PyCallArgs<'py>) -> PyResult<Py<PyAny>> {
        unimplemented!()
    }
}
pub struct PyClassInitializer<T>(PhantomData<T>);
impl<T: PyClass> From<T> for PyClassInitializer<T> {
    fn from(_value: T) -> Self {
        unimplemented!()
    }
}

impl<'py, T> Bound<'py, T> {
    pub fn new(_py: Python<'py>, _value: impl Into<PyClassInitializer<T>>) -> PyResult<Bound<'py, T>> {
        unimplemented!()
    }
    pub fn py(&self) -> Python<'py> {
        unimplemented!()
    }
    pub fn unbind(self) -> Py<T> {
        unimplemented!()
    }
    pub fn as_unbound(&self) -> &Py<T> {
        unimplemented!()
    }
    pub fn as_any(&self) -> &Bound<'py, PyAny> {
        unimplemented!()
    }
    pub fn into_any(self) -> Bound<'py, PyAny> {
        unimplemented!()
    }
    pub fn as_borrowed<'a>(&'a self) -> Borrowed<'a, 'py, T> {
        unimplemented!()
    }
    pub fn borrow(&self) -> PyRef<'py, T>
    where
        T: PyClass,
    {
        unimplemented!()
    }
    pub fn borrow_mut(&self) -> PyRefMut<'py, T>
    where
        T: PyClass,
    {
        unimplemented!()
    }
}

/// In PyO3 the methods of `PyAnyMethods`, which every object has.
pub trait PyAnyMethods<'py> {
    fn getattr<N: IntoPyObject<'py>>(&self, _name: N) -> PyResult<Bound<'py, PyAny>> {
        unimplemented!()
    }
    fn setattr<N: IntoPyObject<'py>, V: IntoPyObject<'py>>(&self, _name: N, _value: V) -> PyResult<()> {
        unimplemented!()
    }
    fn hasattr<N: IntoPyObject<'py>>(&self, _name: N) -> PyResult<bool> {
        unimplemented!()
    }
    fn get_item<K: IntoPyObject<'py>>(&self, _key: K) -> PyResult<Bound<'py, PyAny>> {
        unimplemented!()
    }
    fn set_item<K: IntoPyObject<'py>, V: IntoPyObject<'py>>(&self, _key: K, _value: V) -> PyResult<()> {
        unimplemented!()
    }
    fn call0(&self) -> PyResult<Bound<'py, PyAny>> {
        unimplemented!()
    }
    fn call1(&self, _args: impl PyCallArgs<'py>) -> PyResult<Bound<'py, PyAny>> {
        unimplemented!()
    }
    fn call(&self, _args: impl PyCallArgs<'py>, _named: Option<&Bound<'py, types::PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        unimplemented!()
    }
    fn call_method0<N: IntoPyObject<'py>>(&self, _name: N) -> PyResult<Bound<'py, PyAny>> {
        unimplemented!()
    }
    fn call_method1<N: IntoPyObject<'py>>(&self, _name: N, _args: impl PyCallArgs<'py>) -> PyResult<Bound<'py, PyAny>> {
        unimplemented!()
    }
    fn call_method<N: IntoPyObject<'py>>(
        &self, _name: N, _args: impl PyCallArgs<'py>, _named: Option<&Bound<'py, types::PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        unimplemented!()
    }
    fn extract<'a, T: FromPyObject<'a>>(&'a self) -> PyResult<T>
    where
        'py: 'a,
    {
        unimplemented!()
    }
    fn downcast<T: PyTypeInfo>(&self) -> Result<&Bound<'py, T>, DowncastError> {
        unimplemented!()
    }
    fn cast<T: PyTypeInfo>(&self) -> Result<&Bound<'py, T>, DowncastError> {
        unimplemented!()
    }
    fn is_instance_of<T: PyTypeInfo>(&self) -> bool {
        unimplemented!()
    }
    fn is_none(&self) -> bool {
        unimplemented!()
    }
    fn is_truthy(&self) -> PyResult<bool> {
        unimplemented!()
    }
    fn len(&self) -> PyResult<usize> {
        unimplemented!()
    }
    fn repr(&self) -> PyResult<Bound<'py, types::PyString>> {
        unimplemented!()
    }
    fn str(&self) -> PyResult<Bound<'py, types::PyString>> {
        unimplemented!()
    }
    fn try_iter(&self) -> PyResult<types::PyIterator<'py>> {
        unimplemented!()
    }
    fn iter(&self) -> PyResult<types::PyIterator<'py>> {
        unimplemented!()
    }
}
impl<'py, T> PyAnyMethods<'py> for Bound<'py, T> {}

pub struct PyAny(());
impl PyTypeInfo for PyAny {}
pub use types::PyModule;

pub mod types {
    use crate::*;

    macro_rules! own_type {
        ($($name:ident)*) => { $(pub struct $name(()); impl PyTypeInfo for $name {})* };
    }
    own_type! { PyList PyDict PyTuple PyString PyBytes PyByteArray PyFloat PyInt PyBool PyModule PyType PySet PySequence PyFunction }

    pub struct PyIterator<'py>(PhantomData<(&'py (), *mut ())>);
    impl<'py> Iterator for PyIterator<'py> {
        type Item = PyResult<Bound<'py, PyAny>>;
        fn next(&mut self) -> Option<Self::Item> {
            unimplemented!()
        }
    }
    pub struct ItemIterator<'py>(PhantomData<(&'py (), *mut ())>);
    impl<'py> Iterator for ItemIterator<'py> {
        type Item = Bound<'py, PyAny>;
        fn next(&mut self) -> Option<Self::Item> {
            unimplemented!()
        }
    }
    pub struct PairIterator<'py>(PhantomData<(&'py (), *mut ())>);
    impl<'py> Iterator for PairIterator<'py> {
        type Item = (Bound<'py, PyAny>, Bound<'py, PyAny>);
        fn next(&mut self) -> Option<Self::Item> {
            unimplemented!()
        }
    }

    impl PyModule {
        pub fn import<'py>(_py: Python<'py>, _name: &str) -> PyResult<Bound<'py, PyModule>> {
            unimplemented!()
        }
        pub fn import_bound<'py>(_py: Python<'py>, _name: &str) -> PyResult<Bound<'py, PyModule>> {
            unimplemented!()
        }
    }
    pub trait PyModuleMethods<'py> {
        fn add<V: IntoPyObject<'py>>(&self, _name: &str, _value: V) -> PyResult<()> {
            unimplemented!()
        }
        fn add_class<T: PyClass>(&self) -> PyResult<()> {
            unimplemented!()
        }
        fn add_function(&self, _function: Bound<'py, PyAny>) -> PyResult<()> {
            unimplemented!()
        }
    }
    impl<'py> PyModuleMethods<'py> for Bound<'py, PyModule> {}

    impl PyList {
        pub fn empty(_py: Python<'_>) -> Bound<'_, PyList> {
            unimplemented!()
        }
        pub fn empty_bound(_py: Python<'_>) -> Bound<'_, PyList> {
            unimplemented!()
        }
        pub fn new<'py, T: IntoPyObject<'py>, I>(_py: Python<'py>, _items: I) -> PyResult<Bound<'py, PyList>>
        where
            I: IntoIterator<Item = T>,
            I::IntoIter: ExactSizeIterator,
        {
            unimplemented!()
        }
    }
    // Methods of a type of its own come before those of every object: here by being inherent.
    impl<'py> Bound<'py, PyList> {
        pub fn len(&self) -> usize {
            unimplemented!()
        }
        pub fn is_empty(&self) -> bool {
            unimplemented!()
        }
        pub fn append<V: IntoPyObject<'py>>(&self, _item: V) -> PyResult<()> {
            unimplemented!()
        }
        pub fn get_item(&self, _index: usize) -> PyResult<Bound<'py, PyAny>> {
            unimplemented!()
        }
        pub fn set_item<V: IntoPyObject<'py>>(&self, _index: usize, _item: V) -> PyResult<()> {
            unimplemented!()
        }
        pub fn iter(&self) -> ItemIterator<'py> {
            unimplemented!()
        }
    }
    impl<'py> IntoIterator for Bound<'py, PyList> {
        type Item = Bound<'py, PyAny>;
        type IntoIter = ItemIterator<'py>;
        fn into_iter(self) -> ItemIterator<'py> {
            unimplemented!()
        }
    }
    impl<'a, 'py> IntoIterator for &'a Bound<'py, PyList> {
        type Item = Bound<'py, PyAny>;
        type IntoIter = ItemIterator<'py>;
        fn into_iter(self) -> ItemIterator<'py> {
            unimplemented!()
        }
    }
    impl PyTuple {
        pub fn new<'py, T: IntoPyObject<'py>, I>(_py: Python<'py>, _items: I) -> PyResult<Bound<'py, PyTuple>>
        where
            I: IntoIterator<Item = T>,
            I::IntoIter: ExactSizeIterator,
        {
            unimplemented!()
        }
    }
    impl<'py> Bound<'py, PyTuple> {
        pub fn len(&self) -> usize {
            unimplemented!()
        }
        pub fn iter(&self) -> ItemIterator<'py> {
            unimplemented!()
        }
    }
    impl PyDict {
        pub fn new(_py: Python<'_>) -> Bound<'_, PyDict> {
            unimplemented!()
        }
        pub fn new_bound(_py: Python<'_>) -> Bound<'_, PyDict> {
            unimplemented!()
        }
    }
    impl<'py> Bound<'py, PyDict> {
        pub fn len(&self) -> usize {
            unimplemented!()
        }
        pub fn iter(&self) -> PairIterator<'py> {
            unimplemented!()
        }
        pub fn set_item<K: IntoPyObject<'py>, V: IntoPyObject<'py>>(&self, _key: K, _value: V) -> PyResult<()> {
            unimplemented!()
        }
        pub fn get_item<K: IntoPyObject<'py>>(&self, _key: K) -> PyResult<Option<Bound<'py, PyAny>>> {
            unimplemented!()
        }
        pub fn contains<K: IntoPyObject<'py>>(&self, _key: K) -> PyResult<bool> {
            unimplemented!()
        }
    }
    impl<'a, 'py> IntoIterator for &'a Bound<'py, PyDict> {
        type Item = (Bound<'py, PyAny>, Bound<'py, PyAny>);
        type IntoIter = PairIterator<'py>;
        fn into_iter(self) -> PairIterator<'py> {
            unimplemented!()
        }
    }
    impl PyString {
        pub fn new<'py>(_py: Python<'py>, _text: &str) -> Bound<'py, PyString> {
            unimplemented!()
        }
        pub fn new_bound<'py>(_py: Python<'py>, _text: &str) -> Bound<'py, PyString> {
            unimplemented!()
        }
    }
    impl<'py> Bound<'py, PyString> {
        pub fn to_str(&self) -> PyResult<&str> {
            unimplemented!()
        }
        pub fn to_cow(&self) -> PyResult<std::borrow::Cow<'_, str>> {
            unimplemented!()
        }
        pub fn to_string_lossy(&self) -> std::borrow::Cow<'_, str> {
            unimplemented!()
        }
    }
    impl PyBytes {
        pub fn new<'py>(_py: Python<'py>, _data: &[u8]) -> Bound<'py, PyBytes> {
            unimplemented!()
        }
        pub fn new_bound<'py>(_py: Python<'py>, _data: &[u8]) -> Bound<'py, PyBytes> {
            unimplemented!()
        }
        pub fn new_with<F>(_py: Python<'_>, _len: usize, _fill: F) -> PyResult<Bound<'_, PyBytes>>
        where
            F: FnOnce(&mut [u8]) -> PyResult<()>,
        {
            unimplemented!()
        }
    }
    impl<'py> Bound<'py, PyBytes> {
        pub fn as_bytes(&self) -> &[u8] {
            unimplemented!()
        }
    }
    impl PyFloat {
        pub fn new(_py: Python<'_>, _value: f64) -> Bound<'_, PyFloat> {
            unimplemented!()
        }
    }
    impl PyInt {
        pub fn new<'py>(_py: Python<'py>, _value: i64) -> Bound<'py, PyInt> {
            unimplemented!()
        }
    }
}

pub mod pybacked {
    pub struct PyBackedStr(());
    impl std::ops::Deref for PyBackedStr {
        type Target = str;
        fn deref(&self) -> &str {
            unimplemented!()
        }
    }
    pub struct PyBackedBytes(());
    impl std::ops::Deref for PyBackedBytes {
        type Target = [u8];
        fn deref(&self) -> &[u8] {
            unimplemented!()
        }
    }
}

pub mod sync {
    use crate::*;

    macro_rules! once {
        ($($name:ident)*) => { $(
            pub struct $name<T>(PhantomData<T>);
            unsafe impl<T: Send + Sync> Sync for $name<T> {}
            impl<T> $name<T> {
                pub const fn new() -> Self {
                    $name(PhantomData)
                }
                pub fn get(&self, _py: Python<'_>) -> Option<&T> {
                    unimplemented!()
                }
                pub fn get_or_init<F: FnOnce() -> T>(&self, _py: Python<'_>, _f: F) -> &T {
                    unimplemented!()
                }
                pub fn get_or_try_init<F: FnOnce() -> Result<T, E>, E>(&self, _py: Python<'_>, _f: F) -> Result<&T, E> {
                    unimplemented!()
                }
            }
            impl $name<Py<types::PyType>> {
                pub fn import<'py>(&self, _py: Python<'py>, _module: &str, _name: &str) -> PyResult<&Bound<'py, types::PyType>> {
                    unimplemented!()
                }
            }
        )* };
    }
    once! { GILOnceCell PyOnceLock }

    pub trait MutexExt<T> {
        fn lock_py_attached(&self, py: Python<'_>) -> std::sync::LockResult<std::sync::MutexGuard<'_, T>>;
    }
    impl<T> MutexExt<T> for std::sync::Mutex<T> {
        fn lock_py_attached(&self, _py: Python<'_>) -> std::sync::LockResult<std::sync::MutexGuard<'_, T>> {
            unimplemented!()
        }
    }
}

pub mod exceptions {
    macro_rules! exception {
        ($($name:ident)*) => { $(
            pub struct $name(());
            impl crate::PyTypeInfo for $name {}
            impl $name {
                pub fn new_err<A>(_arguments: A) -> crate::PyErr {
                    unimplemented!()
                }
            }
        )* };
    }
    exception! { PyValueError PyTypeError PyRuntimeError PyKeyError PyIndexError PyIOError PyOSError PyException }
}

pub fn text_of<'a, 'py>(_py: Python<'py>, _text: &'static str) -> &'a Bound<'py, types::PyString> {
    unimplemented!()
}
#[macro_export]
macro_rules! intern {
    ($py:expr, $text:expr) => {
        $crate::text_of($py, $text)
    };
}
#[macro_export]
macro_rules! wrap_pyfunction {
    ($function:path, $module:expr) => {{
        let _ = $function;
        Ok::<_, $crate::PyErr>($crate::Bound::as_any($module).clone())
    }};
}

pub mod prelude {
    pub use crate::types::PyModuleMethods as _;
    pub use crate::{
        pyclass, pyfunction, pymethods, pymodule, wrap_pyfunction, Borrowed, Bound, FromPyObject, IntoPy, IntoPyObject, Py, PyAny,
        PyAnyMethods, PyErr, PyModule, PyObject, PyRef, PyRefMut, PyResult, Python, ToPyObject,
    };
}
