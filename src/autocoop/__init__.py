"""autocoop: who arms, trains, exercises with and intervenes for whom among autocracies.

A versioned event dataset that installs like a library. `tables()` lists what there is, `load()`
gives a table, `codebook()` explains its columns, `evidence()` shows which page reports which
value, `cite()` says how to cite the version; `panel()`, `network()` and `coverage()` lead from
events to an analysis.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.3.0"

__all__ = [
    "__version__",
    "cite",
    "codebook",
    "coverage",
    "diff",
    "evidence",
    "export",
    "load",
    "network",
    "panel",
    "search",
    "sources",
    "tables",
    "validate",
    "verify",
    "versions",
]

if TYPE_CHECKING:
    from autocoop.archive import verify as verify
    from autocoop.archive import versions as versions
    from autocoop.citation import cite as cite
    from autocoop.claims import evidence as evidence
    from autocoop.claims import sources as sources
    from autocoop.comparing import diff as diff
    from autocoop.covering import coverage as coverage
    from autocoop.describing import codebook as codebook
    from autocoop.describing import tables as tables
    from autocoop.exporting import export as export
    from autocoop.loading import load as load
    from autocoop.networks import network as network
    from autocoop.panels import panel as panel
    from autocoop.searching import search as search
    from autocoop.validating import validate as validate

_MODULES = {
    "diff": "autocoop.comparing",
    "verify": "autocoop.archive",
    "versions": "autocoop.archive",
    "cite": "autocoop.citation",
    "codebook": "autocoop.describing",
    "coverage": "autocoop.covering",
    "evidence": "autocoop.claims",
    "export": "autocoop.exporting",
    "load": "autocoop.loading",
    "network": "autocoop.networks",
    "panel": "autocoop.panels",
    "search": "autocoop.searching",
    "sources": "autocoop.claims",
    "tables": "autocoop.describing",
    "validate": "autocoop.validating",
}


def __getattr__(name: str) -> Any:
    """Each function is imported when it is first used, so that `import autocoop` stays light."""
    if name not in _MODULES:
        raise AttributeError(f"module 'autocoop' has no attribute {name!r}")
    from importlib import import_module

    # No module is named like a function it holds: importing it would hide the function.
    function = getattr(import_module(_MODULES[name]), name)
    globals()[name] = function
    return function


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
