"""Exports: a shop's products, orders, customers and stock as files to download.

Words: an *export* is a job that writes one *file*; the file is kept for some days, the export stays as
the record of who asked for what. `rows/` says what is in the files, `formats/` how it is written down.

Rows are read by one cursor of the server (`kernel/postgresql/streaming.py`) and written as they come,
so that memory does not grow with the shop.
"""
