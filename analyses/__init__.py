"""Worked analyses: each a script that prints its table, saves its figure, and says what it hides.

``python -m analyses FOLDER`` runs all (``hatch run analyses FOLDER``), ``python -m analyses.NAME
FOLDER`` one.
"""
