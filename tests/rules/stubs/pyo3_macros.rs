//! The attributes of PyO3 0.21 to 0.27: they take away what only they understand, and tell which types are classes.
extern crate proc_macro;
use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

const HELPERS: &[&str] = &[
    "pyo3", "new", "getter", "setter", "staticmethod", "classmethod", "classattr", "args", "pyo3_signature", "init", "pyfn", "pymodule_export",
    "deleter",
];

/// The tokens without `#[helper ...]`, at any depth.
fn without_helpers(stream: TokenStream) -> TokenStream {
    let mut out = Vec::new();
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if let (TokenTree::Punct(mark), Some(TokenTree::Group(group))) = (&token, tokens.peek()) {
            if mark.as_char() == '#' && group.delimiter() == Delimiter::Bracket && is_helper(group) {
                tokens.next();
                continue;
            }
        }
        out.push(match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without_helpers(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        });
    }
    out.into_iter().collect()
}

fn is_helper(attribute: &Group) -> bool {
    match attribute.stream().into_iter().next() {
        Some(TokenTree::Ident(name)) => HELPERS.contains(&name.to_string().as_str()),
        _ => false,
    }
}

fn class_name(stream: &TokenStream) -> Option<String> {
    let mut tokens = stream.clone().into_iter();
    while let Some(token) = tokens.next() {
        if let TokenTree::Ident(word) = token {
            if matches!(word.to_string().as_str(), "struct" | "enum") {
                return tokens.next().map(|name| name.to_string());
            }
        }
    }
    None
}

#[proc_macro_attribute]
pub fn pyclass(_options: TokenStream, item: TokenStream) -> TokenStream {
    let name = class_name(&item).expect("a struct or an enum");
    let mut out = without_helpers(item);
    let class = format!("impl ::pyo3::PyClass for {name} {{}} impl ::pyo3::PyTypeInfo for {name} {{}}");
    out.extend(class.parse::<TokenStream>().expect("an implementation"));
    out
}

#[proc_macro_attribute]
pub fn pymethods(_options: TokenStream, item: TokenStream) -> TokenStream {
    without_helpers(item)
}

#[proc_macro_attribute]
pub fn pyfunction(_options: TokenStream, item: TokenStream) -> TokenStream {
    without_helpers(item)
}

#[proc_macro_attribute]
pub fn pymodule(_options: TokenStream, item: TokenStream) -> TokenStream {
    without_helpers(item)
}

#[proc_macro_derive(FromPyObject, attributes(pyo3))]
pub fn from_py_object(item: TokenStream) -> TokenStream {
    let name = class_name(&item).expect("a struct or an enum");
    format!("impl<'py> ::pyo3::FromPyObject<'py> for {name} {{}}").parse().expect("an implementation")
}
