from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Supplier:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Offer:
    supplier: str
    sku: str
    price: Decimal
    stock: int
