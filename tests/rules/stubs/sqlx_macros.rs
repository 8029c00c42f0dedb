//! `#[derive(FromRow)]`
extern crate proc_macro;
use proc_macro::{TokenStream, TokenTree};

#[proc_macro_derive(FromRow, attributes(sqlx))]
pub fn from_row(item: TokenStream) -> TokenStream {
    let mut tokens = item.into_iter();
    tokens.by_ref().find(|token| matches!(token, TokenTree::Ident(word) if word.to_string() == "struct"));
    let name = tokens.next().expect("a name");
    format!("impl ::sqlx::FromRow for {name} {{}}").parse().expect("an implementation")
}
