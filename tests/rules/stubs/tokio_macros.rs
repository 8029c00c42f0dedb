//! `#[tokio::main]` and `#[tokio::test]`: the async function becomes one that blocks on its body.
extern crate proc_macro;
use proc_macro::{TokenStream, TokenTree};

fn blocking(item: TokenStream, attribute: &str) -> TokenStream {
    let mut tokens: Vec<TokenTree> = item.into_iter().filter(|token| token.to_string() != "async").collect();
    let body = tokens.pop().expect("a body");
    let mut out: TokenStream = attribute.parse().expect("an attribute");
    out.extend(tokens);
    out.extend(format!("{{ ::tokio::block_on(async {body}) }}").parse::<TokenStream>().expect("a block"));
    out
}

#[proc_macro_attribute]
pub fn main(_options: TokenStream, item: TokenStream) -> TokenStream {
    blocking(item, "")
}

#[proc_macro_attribute]
pub fn test(_options: TokenStream, item: TokenStream) -> TokenStream {
    blocking(item, "#[::core::prelude::v1::test]")
}
