"""Processors over float PCM between the decoder and the sink, and what chooses them.

One small module per processor. `chain` runs them, `plan` decides from the settings which there
are. What changes nothing is not in the chain at all: then the samples are the decoder's own.
"""
