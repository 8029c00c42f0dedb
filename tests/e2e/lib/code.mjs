// The code that the scenario repositories hold: what stood there, what the pull request makes of it, and where a
// reviewer must speak up.
import { lineOf } from './repos.mjs';

export const SERVICE_BASE = `import logging

import requests
from django.db import models

logger = logging.getLogger(__name__)


class Author(models.Model):
    name = models.CharField(max_length=80)


class Book(models.Model):
    title = models.CharField(max_length=200)
    author = models.ForeignKey(Author, on_delete=models.CASCADE)


def active(users):
    return [user for user in users if user.active]


def total(prices):
    return sum(prices)
`;

export const SERVICE_HEAD = `${SERVICE_BASE.replace('import logging\n', 'import logging\nfrom typing import Iterable\n')}

def unique_names(users: Iterable) -> list:
    seen = []
    for user in users:
        if user.name in seen:
            continue
        seen.append(user.name)
    return seen


def report(ids):
    rows = []
    for pk in ids:
        book = Book.objects.get(pk=pk)
        rows.append(book.title)
        logger.debug(f"book {book.title} has id {pk}")
    return rows


async def fetch_quote(symbol):
    answer = requests.get("https://quotes.example.com/" + symbol)
    return answer.json()
`;

export const SERVICE_EXPECT = [
  { rule: 'py-membership-in-list', line: lineOf(SERVICE_HEAD, 'if user.name in seen') },
  { rule: 'py-orm-query-in-loop', line: lineOf(SERVICE_HEAD, 'Book.objects.get(pk=pk)') },
  { rule: 'py-logging-eager-format', line: lineOf(SERVICE_HEAD, 'logger.debug(f'), folded: true },
  { rule: 'py-blocking-http-in-async', line: lineOf(SERVICE_HEAD, 'requests.get(') },
].map((one) => ({ path: 'shop/service.py', ...one }));

export const RUST_BASE = `use regex::Regex;

pub fn is_word(text: &str) -> bool {
    let word = Regex::new(r"^\\w+$").unwrap();
    word.is_match(text)
}
`;

export const RUST_HEAD = `${RUST_BASE}
pub fn count_dates(lines: &[String]) -> usize {
    let mut count = 0;
    for line in lines {
        let date = Regex::new(r"\\d{4}-\\d{2}-\\d{2}").unwrap();
        if date.is_match(line) {
            count += 1;
        }
    }
    count
}

pub fn drain(mut queue: Vec<u64>) -> u64 {
    let mut sum = 0;
    while !queue.is_empty() {
        sum += queue.remove(0);
    }
    sum
}

pub fn render(rows: &[(String, u64)]) -> String {
    let mut out = String::new();
    for (name, value) in rows {
        out.push_str(&format!("{name}={value}\\n"));
    }
    out
}
`;

export const RUST_EXPECT = [
  { rule: 'rs-regex-recompiled', line: lineOf(RUST_HEAD, 'let date = Regex::new') },
  { rule: 'rs-vec-remove-front', line: lineOf(RUST_HEAD, 'queue.remove(0)') },
  { rule: 'rs-format-push-string', line: lineOf(RUST_HEAD, 'out.push_str(&format!'), folded: true },
].map((one) => ({ path: 'src/lib.rs', ...one }));

export const CARGO = `[package]
name = "example"
version = "0.1.0"
edition = "2021"

[dependencies]
pyo3 = "0.21"
regex = "1"
`;

export const PYO3_BASE = `use pyo3::prelude::*;

#[pyfunction]
fn add(a: i64, b: i64) -> i64 {
    a + b
}
`;

export const PYO3_HEAD = `${PYO3_BASE}
fn notify_all(callback: &PyObject, values: &[f64]) -> PyResult<()> {
    for value in values {
        Python::with_gil(|py| callback.call1(py, (*value,)))?;
    }
    Ok(())
}
`;

export const PYO3_EXPECT = [
  { rule: 'pyo3-gil-in-loop', path: 'src/lib.rs', line: lineOf(PYO3_HEAD, 'Python::with_gil') },
];

export const CLEAN_BASE = `def add(a, b):
    return a + b
`;

export const CLEAN_HEAD = `def add(a, b):
    """The sum of both."""
    return a + b


def unique(items):
    seen = set()
    out = []
    for item in items:
        if item not in seen:
            seen.add(item)
            out.append(item)
    return out
`;

/** One function with one plain problem in it; its finding stands on the line that holds the condition. */
export const slowFunction = (name = 'unique') => `def ${name}(items):
    seen = []
    for item in items:
        if item in seen:
            continue
        seen.append(item)
    return seen
`;

export const SLOW_NEEDLE = 'if item in seen';
export const SLOW_RULE = 'py-membership-in-list';

/** Filler that is long enough to keep changes in hunks of their own. */
export const filler = (count, start = 0) =>
  Array.from({ length: count }, (_, i) => `VALUE_${start + i} = ${(start + i) * 7}\n`).join('');
