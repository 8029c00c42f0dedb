"""Fetches the suppliers' price lists and writes their offers into the catalogue."""
import logging

import requests

from stockfeed.model import Offer, Supplier
from stockfeed.parse import parse

log = logging.getLogger(__name__)


def fetch(session: requests.Session, supplier: Supplier) -> str:
    answer = session.get(supplier.url, timeout=10)
    answer.raise_for_status()
    return answer.text


def import_all(suppliers: list[Supplier], catalogue) -> int:
    """Write the offers of all suppliers. Gives their number."""
    count = 0
    with requests.Session() as session:
        for supplier in suppliers:
            offers: list[Offer] = list(parse(supplier, fetch(session, supplier)))
            catalogue.write(offers)
            log.info("%s: %d offers", supplier.name, len(offers))
            count += len(offers)
    return count
