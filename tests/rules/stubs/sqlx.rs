//! sqlx, as far as PostgreSQL and SQLite are used alike: what a query binds, and how it is fetched.
use std::marker::PhantomData;

#[derive(Debug)]
pub struct Error(());
impl std::fmt::Display for Error {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        unimplemented!()
    }
}
impl std::error::Error for Error {}

macro_rules! executors {
    ($($name:ident)*) => { $(#[derive(Clone)] pub struct $name(()); impl<'c> Executor<'c> for &'c $name {} impl<'c> Executor<'c> for &'c mut $name {})* };
}
pub trait Executor<'c> {}
executors! { PgPool SqlitePool MySqlPool PgConnection SqliteConnection }

pub trait Encode {}
macro_rules! plain {
    ($($plain:ty),*) => { $(impl Encode for $plain {} impl FromRow for ($plain,) {} impl Column for $plain {})* };
}
pub trait Column {}
plain! { i16, i32, i64, f64, bool, String }
impl Encode for &str {}
impl<T: Encode> Encode for &T {}
impl<T: Encode> Encode for Option<T> {}
impl<T: Encode> Encode for [T] {}
impl<T: Encode> Encode for &[T] {}
impl<T: Encode> Encode for Vec<T> {}

/// What a row becomes: in sqlx most of these are derived.
pub trait FromRow {}
impl<A: Column, B: Column> FromRow for (A, B) {}
impl<A: Column, B: Column, C: Column> FromRow for (A, B, C) {}
extern crate sqlx_macros;
pub use sqlx_macros::FromRow;

pub struct PgRow(());
pub struct PgQueryResult(());
pub struct Query<'q, O>(PhantomData<(&'q str, O)>);
unsafe impl<O> Send for Query<'_, O> {}
impl<'q, O> Query<'q, O> {
    pub fn bind<T: Encode + 'q>(self, _value: T) -> Self {
        unimplemented!()
    }
    pub async fn execute<'c>(self, _on: impl Executor<'c>) -> Result<PgQueryResult, Error> {
        unimplemented!()
    }
    pub async fn fetch_one<'c>(self, _on: impl Executor<'c>) -> Result<O, Error> {
        unimplemented!()
    }
    pub async fn fetch_optional<'c>(self, _on: impl Executor<'c>) -> Result<Option<O>, Error> {
        unimplemented!()
    }
    pub async fn fetch_all<'c>(self, _on: impl Executor<'c>) -> Result<Vec<O>, Error> {
        unimplemented!()
    }
}
pub fn query(_sql: &str) -> Query<'_, PgRow> {
    unimplemented!()
}
pub fn query_as<O: FromRow>(_sql: &str) -> Query<'_, O> {
    unimplemented!()
}
pub fn query_scalar<O: Column>(_sql: &str) -> Query<'_, O> {
    unimplemented!()
}
