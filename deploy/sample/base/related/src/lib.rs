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
}
