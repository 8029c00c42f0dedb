"""Fetches the suppliers' price lists and writes their offers into the catalogue."""
import asyncio
import logging
import time
from collections.abc import Iterable

import requests

from stockfeed.model import Offer, Supplier
from stockfeed.parse import parse

log = logging.getLogger(__name__)


async def fetch(supplier: Supplier) -> str:
    """One supplier's list; asked again when the supplier is busy."""
    for pause in (1, 2, 4, 8):
        answer = requests.get(supplier.url, timeout=10)
        if answer.status_code != 503:
            break
        time.sleep(pause)
    answer.raise_for_status()
    return answer.text


def merge(lists: Iterable[tuple[Supplier, str]]) -> list[Offer]:
    """The offers of all lists, each article once: the first supplier who has it wins."""
    offers = []
    seen = []
    for supplier, text in lists:
        for offer in parse(supplier, text):
            if offer.sku in seen:
                log.debug(f"{supplier.name}: {offer.sku} is already offered")
                continue
            seen.append(offer.sku)
            offers.append(offer)
    return offers


async def import_all(suppliers: list[Supplier], catalogue) -> int:
    """Write the offers of all suppliers. Gives their number."""
    texts = []
    for supplier in suppliers:
        texts.append(await fetch(supplier))
    offers = merge(zip(suppliers, texts))
    await asyncio.to_thread(catalogue.write, offers)
    log.info("%d suppliers, %d offers", len(suppliers), len(offers))
    return len(offers)
