"""Reads price lists: one offer a line, `sku;price;stock`, comments behind a #."""
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from stockfeed.model import Offer, Supplier


def parse(supplier: Supplier, text: str) -> Iterator[Offer]:
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.partition("#")[0].strip()
        if line:
            yield parse_line(supplier, number, line)


def parse_line(supplier: Supplier, number: int, line: str) -> Offer:
    try:
        sku, price, stock = line.split(";")
        return Offer(supplier.name, sku.strip(), Decimal(price), int(stock))
    except (ValueError, InvalidOperation) as error:
        raise ValueError(f"{supplier.name}, line {number}: not an offer: {line!r}") from error
