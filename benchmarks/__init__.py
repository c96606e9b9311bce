"""Measurements of speed; run with ``hatch run benchmark``. Nothing here is asserted in tests."""
