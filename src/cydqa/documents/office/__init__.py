"""Word documents and presentations: the XML in their ZIP archives -> reading text."""
