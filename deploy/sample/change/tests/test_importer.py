from decimal import Decimal

from stockfeed.importer import merge
from stockfeed.model import Offer, Supplier

NORD = Supplier("nord", "https://nord.example/prices.csv")
SUED = Supplier("sued", "https://sued.example/prices.csv")


def test_the_first_supplier_who_has_an_article_wins():
    offers = merge([(NORD, "A1;2.50;7\n"), (SUED, "A1;2.40;1\nB2;10;3\n")])
    assert offers == [Offer("nord", "A1", Decimal("2.50"), 7), Offer("sued", "B2", Decimal("10"), 3)]
