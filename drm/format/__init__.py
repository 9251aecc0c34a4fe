"""The formats both sides share: the envelope of a rendition and the licence. Pure, no I/O."""
