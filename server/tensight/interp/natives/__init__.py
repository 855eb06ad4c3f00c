"""What Tensight provides itself. One line a file: importing it fills the tables of `registry`."""

from . import builtins_core as builtins_core
from . import builtins_functions as builtins_functions
from . import builtins_iteration as builtins_iteration
from . import builtins_numeric as builtins_numeric
from . import builtins_types as builtins_types
from . import collections_ as collections_
from . import collections_deque as collections_deque
from . import copy_ as copy_
from . import dicts as dicts
from . import exceptions as exceptions
from . import functools_ as functools_
from . import itertools_ as itertools_
from . import lists as lists
from . import math_ as math_
from . import namedtuples as namedtuples
from . import numbers as numbers
from . import operator_ as operator_
from . import sets as sets
from . import string_format as string_format
from . import strings as strings
from . import tuples as tuples
