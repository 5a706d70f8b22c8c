"""Web pages and EPUBs: trees of HTML -> reading text."""
