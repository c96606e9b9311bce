"""Holding other people's tables to the schemas: reading, casting, checking, reporting.

`sources` turns anything that holds a table into batches of Arrow, `casting` gives each column its
type and marks the cells that have no such value, `rules` runs the checks of the pandera models on
a batch, `keys` finds duplicates and dangling references across batches, `together` holds the rules
that several tables must satisfy at once, `report` says what was found.
"""
