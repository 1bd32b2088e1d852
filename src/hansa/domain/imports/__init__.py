"""Imports: a merchant's own file becomes a catalogue.

We own ImportRun and ImportFailure. A *run* is one file read once, row by row, in chunks; each
chunk's products and the run's checkpoint are one transaction, so a killed run resumes after its
last chunk.

Invariants: a bad row never stops the good ones; the same file twice changes nothing the second time.
"""
