"""How Segue looks: colour tokens, the palette that turns roles into styles, safe text."""
