//! Articles that are shown beside each other in the shop.
use std::collections::HashMap;

pub type Sku = u32;

/// Which articles were bought together, in both directions.
#[derive(Default)]
pub struct Baskets {
    together: HashMap<Sku, Vec<Sku>>,
}

impl Baskets {
    pub fn add(&mut self, left: Sku, right: Sku) {
        self.together.entry(left).or_default().push(right);
        self.together.entry(right).or_default().push(left);
    }

    /// Articles that were bought together with `sku`.
    pub fn beside(&self, sku: Sku) -> &[Sku] {
        self.together.get(&sku).map_or(&[], Vec::as_slice)
    }

    /// All articles that baskets connect with `start`, nearest first.
    pub fn connected(&self, start: Sku) -> Vec<Sku> {
        let mut found: Vec<Sku> = Vec::new();
        let mut queue = vec![start];
        while !queue.is_empty() {
            let sku = queue.remove(0);
            for &next in self.beside(sku) {
                if !found.contains(&next) {
                    found.push(next);
                    queue.push(next);
                }
            }
        }
        found
    }
}
