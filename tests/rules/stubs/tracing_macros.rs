//! `#[instrument(...)]`, which leaves the function as it is.
extern crate proc_macro;
use proc_macro::TokenStream;

#[proc_macro_attribute]
pub fn instrument(_options: TokenStream, item: TokenStream) -> TokenStream {
    item
}
