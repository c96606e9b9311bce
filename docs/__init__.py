"""The documentation site: pages written by hand, pages generated from the release, the explorer.

Run with ``hatch run docs``. Markdown and pictures are written into ``build/docs``, from where
zensical makes ``site``.
"""
