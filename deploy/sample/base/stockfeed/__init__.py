"""Imports the price lists of suppliers into the catalogue."""
