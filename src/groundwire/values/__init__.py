"""Finds every checkable value in a text and compares a claim's value with a document's: numbers, money, dates, names.

Pure functions on plain data; the same text always gives the same values.
"""

from groundwire.values.arithmetic import derivable
from groundwire.values.comparison import Relation, compare
from groundwire.values.finding import find_values
from groundwire.values.model import Bound, Kind, Value
from groundwire.values.rendering import describe, render_like

__all__ = ["Bound", "Kind", "Relation", "Value", "compare", "derivable", "describe", "find_values", "render_like"]
