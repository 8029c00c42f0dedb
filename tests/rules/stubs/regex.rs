//! regex 1
#[derive(Debug)]
pub struct Error(());
impl std::fmt::Display for Error {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        unimplemented!()
    }
}
impl std::error::Error for Error {}
#[derive(Clone, Debug)]
pub struct Regex(());
#[derive(Clone, Copy, Debug)]
pub struct Match<'t>(&'t str);
impl<'t> Match<'t> {
    pub fn as_str(&self) -> &'t str {
        unimplemented!()
    }
    pub fn start(&self) -> usize {
        unimplemented!()
    }
}
pub struct Captures<'t>(&'t str);
impl<'t> Captures<'t> {
    pub fn get(&self, _group: usize) -> Option<Match<'t>> {
        unimplemented!()
    }
}
impl std::ops::Index<usize> for Captures<'_> {
    type Output = str;
    fn index(&self, _group: usize) -> &str {
        unimplemented!()
    }
}
impl Regex {
    pub fn new(_pattern: &str) -> Result<Regex, Error> {
        unimplemented!()
    }
    pub fn is_match(&self, _text: &str) -> bool {
        unimplemented!()
    }
    pub fn find<'t>(&self, _text: &'t str) -> Option<Match<'t>> {
        unimplemented!()
    }
    pub fn find_iter<'r, 't>(&'r self, _text: &'t str) -> std::vec::IntoIter<Match<'t>> {
        unimplemented!()
    }
    pub fn captures<'t>(&self, _text: &'t str) -> Option<Captures<'t>> {
        unimplemented!()
    }
    pub fn replace_all<'t>(&self, _text: &'t str, _with: &str) -> std::borrow::Cow<'t, str> {
        unimplemented!()
    }
}
pub struct RegexSet(());
impl RegexSet {
    pub fn new<I, S>(_patterns: I) -> Result<RegexSet, Error>
    where
        S: AsRef<str>,
        I: IntoIterator<Item = S>,
    {
        unimplemented!()
    }
    pub fn is_match(&self, _text: &str) -> bool {
        unimplemented!()
    }
}
pub mod bytes {
    #[derive(Clone, Debug)]
    pub struct Regex(());
    impl Regex {
        pub fn new(_pattern: &str) -> Result<Regex, crate::Error> {
            unimplemented!()
        }
        pub fn is_match(&self, _text: &[u8]) -> bool {
            unimplemented!()
        }
    }
}
