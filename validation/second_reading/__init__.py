"""The blind second reading: draws events, hands out their pages, takes the second codings in.

The order of steps:

1. ``draw SEED COUNT TYPE FOLDER [IDS]`` draws COUNT events of a type that were not drawn before (of
   the identifiers in the file IDS, one a line, where it is given), keeps their files as they are
   now under ``validation/reliability/first_reading`` and writes into FOLDER what the second reader
   gets: ``cases.yaml``, with a number, a type and the addresses and titles of pages, and nothing of
   the coding but the event's name where each of its pages is cited for other events, too. The
   release has to be compiled: grades, regions and spans are taken from it.
2. The second reader writes ``<case>.yaml`` into FOLDER for every case of which a page was found
   again, in the form of an event file, and ``pages.csv`` (case, url, events: how many events of
   that type the page holds). ``check FOLDER`` lists the mistakes.
3. ``take FOLDER`` takes all of it in, or nothing where there is a mistake other than a case that is
   not coded yet. From then on the codings are never changed; a corrected ``pages.csv`` may be taken
   in again.
4. ``another EVENT_ID ...`` puts aside second codings that turn out to be of another event of the
   same pages: they say something of how readers divide a page, nothing of how they code an event.
5. ``differences [EVENT_ID ...]`` prints what is not settled yet, in the columns of
   ``differences.csv``. The second reader decides each by the pages, with ``right`` (first, second,
   both or neither) and ``cause``; the rows are added to ``validation/reliability/differences.csv``.
6. Where the first reading is wrong, the file below ``data/events`` is mended, never a copy below
   ``validation/reliability``.
7. ``python -m validation.agreement --write``, then ``python -m autocoop compile``: the codebook
   shows the tables.
"""
