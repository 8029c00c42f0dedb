from decimal import Decimal

from stockfeed.model import Supplier
from stockfeed.parse import parse

NORD = Supplier("nord", "https://nord.example/prices.csv")


def test_reads_offers_and_skips_comments():
    offers = list(parse(NORD, "# our list\nA1;2.50;7\n\nB2;10;0  # sold out\n"))
    assert [(offer.sku, offer.price, offer.stock) for offer in offers] == [
        ("A1", Decimal("2.50"), 7),
        ("B2", Decimal("10"), 0),
    ]
